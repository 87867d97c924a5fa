import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** X.509 (RFC 5280) as far as a test of mutual TLS needs it: P-256 keys, ECDSA with SHA-256. */
export interface Certified {
  name: string;
  key: KeyObject;
  certPem: string;
  keyPem: string;
}

export interface CertificateWishes {
  name: string;
  /** Signs itself without one. */
  issuer?: Certified;
  dns?: string[];
  uris?: string[];
  /** Loopback is named in every one, so that a server can have it. */
  notAfter?: Date;
}

export function createCertificate({
  name,
  issuer,
  dns = [],
  uris = [],
  notAfter,
}: CertificateWishes): Certified {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const names = [
    ...dns.map((each) => tagged(0x82, Buffer.from(each))),
    ...uris.map((each) => tagged(0x86, Buffer.from(each))),
    tagged(0x87, Buffer.from([127, 0, 0, 1])),
  ];
  const extensions = [extension('551d11', sequence(...names))];
  if (issuer === undefined) extensions.push(extension('551d13', sequence(tagged(0x01, Buffer.from([0xff])))));
  const content = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256(),
    commonName(issuer?.name ?? name),
    sequence(time(new Date('2020-01-01')), time(notAfter ?? new Date('2049-01-01'))),
    commonName(name),
    publicKey.export({ format: 'der', type: 'spki' }),
    tagged(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', content, issuer?.key ?? privateKey);
  const der = sequence(
    content,
    ecdsaWithSha256(),
    tagged(0x03, Buffer.concat([Buffer.from([0]), signature])),
  );
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    name,
    key: privateKey,
    certPem: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    keyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: Buffer[]): Buffer => tagged(0x30, Buffer.concat(parts));
const integer = (bytes: Buffer): Buffer => tagged(0x02, bytes);
const oid = (hex: string): Buffer => tagged(0x06, Buffer.from(hex, 'hex'));
const ecdsaWithSha256 = (): Buffer => sequence(oid('2a8648ce3d040302'));
const extension = (id: string, value: Buffer): Buffer => sequence(oid(id), tagged(0x04, value));

function commonName(name: string): Buffer {
  return sequence(tagged(0x31, sequence(oid('550403'), tagged(0x0c, Buffer.from(name)))));
}

/** UTCTime, as the years before 2050 have it. */
function time(at: Date): Buffer {
  return tagged(0x17, Buffer.from(`${at.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`));
}
