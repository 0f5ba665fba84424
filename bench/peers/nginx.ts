// nginx with TLS 1.3 as a server in C: a handshake and one request, and then a connection that stays open.

import type { Peer } from '../peer.ts';
import { madeCertificate } from '../system/certificate.ts';
import { versionOf } from '../system/programs.ts';

const configuration = (port: number, connections: number) => `
daemon off;
master_process off;
pid nginx.pid;
error_log stderr crit;
events { worker_connections ${connections + 100}; }
http {
  access_log off;
  keepalive_timeout 3600;
  keepalive_requests 1000000;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server {
    listen 127.0.0.1:${port} ssl backlog=4096;
    ssl_certificate cert.pem;
    ssl_certificate_key key.pem;
    ssl_protocols TLSv1.3;
    location / { return 204; }
  }
}
`;

const peer: Peer = {
  name: 'nginx',
  title: 'nginx, over TLS',
  order: 15,
  only: ['crowd-tls', 'tls-handshakes'],
  install: 'apt-get install nginx-light openssl',
  version: () => versionOf('nginx', '-v'),
  launch: ({ folder, port, connections }) => ({
    command: 'nginx',
    args: ['-p', folder, '-c', 'nginx.conf'],
    files: { ...madeCertificate(), 'nginx.conf': configuration(port, connections) },
  }),
  dialect: {
    login: () => [
      { send: 'GET / HTTP/1.1\r\nHost: bench\r\n\r\n' },
      { until: ' 204 ' },
      { until: '\r\n\r\n' },
    ],
    join: () => [],
    barrier: [],
    loginsAtOnce: 64,
    overTls: true,
    isMute: true,
    speakersJoin: false,
    ...noChat(),
  },
};
export default peer;

/** It is no chat, and in no scenario in which somebody speaks. */
function noChat() {
  const none = (): never => {
    throw new Error('nginx is no chat');
  };
  return { broadcast: none, broadcastArrives: none, privately: none, privateArrives: none };
}
