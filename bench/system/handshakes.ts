// OpenSSL's `s_time`, which makes one TLS connection after the other and does nothing with them.

import { start } from './children.ts';

/** How many handshakes it made with this machine's `port` in `seconds`. `nice` as of the system: 19 gives way to others. */
export function handshakes(port: number, seconds: number, nice = 0): Promise<number> {
  const words = `-n ${nice} openssl s_time -connect 127.0.0.1:${port} -new -tls1_3 -time ${seconds}`;
  const child = start('nice', words.split(' '), { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout?.setEncoding('latin1').on('data', (said: string) => (text += said));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => {
      const done = /^(\d+) connections in \d+ real seconds/m.exec(text)?.[1];
      if (done === undefined) reject(new Error(`openssl s_time says: ${text.slice(-500)}`));
      else resolve(Number(done));
    });
  });
}
