/** The parts of a certificate that may name a robot, as `X509Certificate` of `node:crypto` prints them. */
export interface CertificateNames {
  subject: string;
  subjectAltName: string | undefined;
}

/**
 * The robot ids a certificate speaks for: its common names, its DNS names, and the last part of its URIs
 * (`urn:fleet:robot:arm_7`, `spiffe://fleet.example/robot/arm_7`).
 */
export function robotIdsOf({ subject, subjectAltName = '' }: CertificateNames): string[] {
  const ids: string[] = [];
  for (const line of subject.split('\n')) {
    if (line.startsWith('CN=')) ids.push(line.slice(3));
  }
  // A value with a comma or a quote is printed as a JSON string; no robot id is, so those are stepped over whole.
  for (const [, kind, value = ''] of subjectAltName.matchAll(
    /(?:^|, )(\w[\w ]*):("(?:[^"\\]|\\.)*"|[^,"]*)/g,
  )) {
    if (kind === 'DNS') ids.push(value);
    if (kind === 'URI') ids.push(value.split(/[/:]/).at(-1) ?? '');
  }
  return ids;
}
