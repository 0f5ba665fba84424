// Prosody: a room whose messages are archived (mod_muc_mam, Prosody's own storage). It does not flush the archive to
// the disk before it confirms a message. Its limits on senders are off.

import type { Archive } from '../archive.ts';
import type { Peer } from '../peer.ts';
import { versionOf } from '../system/programs.ts';

const stream =
  "<?xml version='1.0'?><stream:stream to='bench.local' xmlns='jabber:client' " +
  "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
const room = 'lobby@rooms.bench.local';

const archive: Archive = {
  async join(talk, name) {
    talk.send(stream);
    await talk.until(/<\/stream:features>/);
    talk.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>");
    await talk.until(/<success[^>]*>/);
    talk.send(stream);
    await talk.until(/<\/stream:features>/);
    talk.send("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
    await talk.until(/<\/iq>/);
    const quietly = "<x xmlns='http://jabber.org/protocol/muc'><history maxchars='0'/></x>";
    talk.send(`<presence to='${room}/${name}'>${quietly}</presence>`);
    await talk.until(/<subject[^>]*>/);
  },
  write: (_, number, payload) =>
    `<message type='groupchat' to='${room}' id='m${number}'><body>${payload}</body></message>`,
  // A room sends each message to everybody in it, its sender too.
  kept: (name) => new RegExp(`<message [^>]*from='${room}/${name}'[^>]*>`, 'g'),
};

const configuration = (port: number, folder: string) => `
daemonize = false
data_path = "${folder}"
pidfile = "${folder}/prosody.pid"
run_as_root = true
c2s_ports = { ${port} }
c2s_interfaces = { "127.0.0.1" }
s2s_ports = {}
modules_disabled = { "s2s"; "limits"; "tls" }
modules_enabled = { "saslauth"; "disco" }
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "anonymous"
allow_anonymous_s2s = false
network_settings = { tcp_backlog = 4096 }
log = { warn = "*console" }
VirtualHost "bench.local"
Component "rooms.bench.local" "muc"
  modules_enabled = { "muc_mam" }
  muc_log_by_default = true
  muc_log_all_rooms = true
  muc_room_locking = false
  muc_log_expires_after = "never"
  archive_item_limit = false
`;

const peer: Peer = {
  name: 'prosody',
  title: 'Prosody, room with archive',
  order: 60,
  install: 'apt-get install prosody',
  version: () => versionOf('prosodyctl', 'about'),
  launch: ({ folder, port }) => ({
    command: 'prosody',
    args: ['-F', '--config', 'prosody.cfg.lua'],
    files: { 'prosody.cfg.lua': configuration(port, folder) },
  }),
  archive,
};
export default peer;
