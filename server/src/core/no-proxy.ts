import { BlockList, isIP, isIPv4 } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function isIn(list: BlockList, address: string): boolean {
  return list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

/** `10.0.0.0/8` or a single address; an entry that is neither matches nothing. */
function coversAddress(entry: string, address: string): boolean {
  const [net = '', bits, ...more] = entry.replaceAll(/[[\]]/g, '').split('/');
  const width = isIPv4(net) ? 32 : 128;
  const prefix = bits === undefined || bits === '' ? width : Number(bits);
  if (isIP(net) === 0 || more.length > 0 || !Number.isInteger(prefix) || prefix > width) {
    return false;
  }
  const list = new BlockList();
  list.addSubnet(net, prefix, isIPv4(net) ? 'ipv4' : 'ipv6');
  return isIn(list, address);
}

/** `example.org` and `.example.org` both mean the domain and everything in it. */
function coversName(entry: string, name: string): boolean {
  const domain = entry.replace(/^\./, '').replace(/\.$/, '');
  return domain !== '' && (name === domain || name.endsWith(`.${domain}`));
}

/** An entry may end with a port, as Python and Go read it; curl compares hosts only. */
function splitPort(entry: string): { host: string; port: string | null } {
  const found = /^(\[[^\]]*\]|[^:]*):(\d{1,5})$/.exec(entry);
  return found === null
    ? { host: entry, port: null }
    : { host: found[1] ?? '', port: found[2] ?? '' };
}

/** This machine itself: never asked through a proxy, which would mean its own. */
export function isLoopback(hostname: string): boolean {
  const name = hostname
    .toLowerCase()
    .replaceAll(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  return isIP(name) === 0
    ? name === 'localhost' || name.endsWith('.localhost')
    : isIn(loopback, name);
}

/**
 * Whether `no_proxy` takes an address out: names with their subdomains, addresses, networks (CIDR), `*` alone for all.
 * The rules are curl's (https://everything.curl.dev/usingcurl/proxies/env.html), and a port where one is given.
 */
export function isExempt(url: URL, noProxy: string): boolean {
  const name = url.hostname
    .toLowerCase()
    .replaceAll(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  const urlPort = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  if (noProxy.trim() === '*') {
    return true;
  }
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(entry => entry !== '')
    .some(entry => {
      const { host, port } = isIP(entry) === 0 ? splitPort(entry) : { host: entry, port: null };
      const covers = isIP(name) === 0 ? coversName(host, name) : coversAddress(host, name);
      return covers && (port === null || port === urlPort);
    });
}
