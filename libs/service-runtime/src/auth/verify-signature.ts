import { constants, KeyObject, verify, type VerifyKeyObjectInput } from 'node:crypto';
import { errors, type CryptoKey } from 'jose';

interface Scheme {
  /** What Web Crypto calls keys of this algorithm. */
  readonly keyName: string;
  /** Missing where the algorithm does its own hashing. */
  readonly hash: string | undefined;
  readonly options?: Omit<VerifyKeyObjectInput, 'key'>;
}

/**
 * RFC 7518, 3.1 and RFC 8037, 3.1. Asymmetric only: with a shared-secret algorithm a public key would sign tokens.
 */
const schemes = new Map<string, Scheme>([
  ['RS256', { keyName: 'RSASSA-PKCS1-v1_5', hash: 'sha256' }],
  [
    'PS256',
    {
      keyName: 'RSA-PSS',
      hash: 'sha256',
      options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
    },
  ],
  ['ES256', { keyName: 'ECDSA', hash: 'sha256', options: { dsaEncoding: 'ieee-p1363' } }],
  ['EdDSA', { keyName: 'Ed25519', hash: undefined }],
]);

/** RFC 7518, 3.3 and 3.5. */
const leastRsaBits = 2048;

export const isAcceptedAlgorithm = (algorithm: unknown): algorithm is string =>
  typeof algorithm === 'string' && schemes.has(algorithm);

/**
 * Throws unless the signature is the key's. In the caller's turn: Web Crypto, which is what jose asks, hands each
 * signature to another thread, and that costs more than the signature.
 */
export const verifySignature = (
  algorithm: string,
  key: CryptoKey,
  signed: string,
  signature: string,
): void => {
  const scheme = schemes.get(algorithm);
  if (scheme?.keyName !== key.algorithm.name)
    throw new errors.JOSEAlgNotAllowed('the key is for another algorithm');
  const keyObject = KeyObject.from(key);
  const { modulusLength } = keyObject.asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined && modulusLength < leastRsaBits)
    throw new errors.JOSENotSupported(`expected a key of ${leastRsaBits} bits at least`);
  const bytes = Buffer.from(signature, 'base64url');
  if (!verify(scheme.hash, Buffer.from(signed, 'latin1'), { key: keyObject, ...scheme.options }, bytes))
    throw new errors.JWSSignatureVerificationFailed();
};
