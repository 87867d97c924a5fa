import { existsSync, readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';

/** Prints the certificates (PEM) of the named files that node does not trust by itself; files may be missing. */
const bare = (certificate) => certificate.replace(/\s/g, '');
const known = new Set(rootCertificates.map(bare));
const certificates = process.argv
  .slice(2)
  .filter((file) => existsSync(file))
  .flatMap(
    (file) =>
      readFileSync(file, 'utf8').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [],
  );
console.log([...new Set(certificates)].filter((certificate) => !known.has(bare(certificate))).join('\n'));
