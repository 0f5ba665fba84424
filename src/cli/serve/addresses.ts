// The addresses at which other machines may reach this one.
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';

type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>;

// Bridges and tunnels of containers and virtual machines: real addresses, but hardly anybody can reach them.
const inner = /^(docker|br-|veth|virbr|vboxnet|vmnet|cni|flannel|lxc|podman)/;

/** Addresses in the local networks, likeliest first: IPv4 before IPv6, without those for this machine only. */
export function lanAddresses(interfaces: Interfaces = networkInterfaces()): string[] {
  const found = Object.entries(interfaces).flatMap(([name, addresses = []]) =>
    addresses
      .filter(({ internal, address }) => !internal && !isLinkLocal(address))
      .map(({ address, family }) => ({
        address,
        rank: (inner.test(name) ? 2 : 0) + (family === 'IPv4' ? 0 : 1),
      })),
  );
  return found.sort((a, b) => a.rank - b.rank).map(({ address }) => address);
}

/** Whether only this machine can connect to a listener at `host`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** Whether a listener at `host` accepts connections on every address. */
export function isEveryAddress(host: string): boolean {
  return host === '::' || host === '0.0.0.0';
}

const maxAddresses = 3;

/** The hosts under which others reach a listener at `host`; ADDRESS where none is known. */
export function reachableElsewhere(host: string, lan: readonly string[]): readonly string[] {
  if (!isEveryAddress(host)) return [host];
  // A listener on 0.0.0.0 accepts IPv4 only.
  const fitting = lan.filter((address) => host === '::' || !address.includes(':'));
  return fitting.length === 0 ? ['ADDRESS'] : fitting.slice(0, maxAddresses);
}

/** `host:port` as people type it, an IPv6 address in brackets. */
export function hostAndPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

// They need the name of an interface, which differs on each machine.
function isLinkLocal(address: string): boolean {
  return /^fe[89ab]/i.test(address) || address.startsWith('169.254.');
}
