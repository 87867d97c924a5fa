import { referenceOf, type ProductionPackage } from './production-packages.ts';

/**
 * A CycloneDX 1.5 bill of materials of an installation whose first package is what it is made for. The same lockfile gives
 * the same bill. (npm's own leaves out, of a workspace, whatever is a development dependency of any other.)
 */
export const toSbom = ([subject, ...rest]: readonly ProductionPackage[], version: string) => {
  if (subject === undefined) throw new RangeError('there is nothing to make a bill of');
  const packages = [...new Map(rest.map((each) => [referenceOf(each), each])).values()];
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: { ...toComponent({ ...subject, version }), type: 'application' } },
    components: packages.map(toComponent),
    dependencies: [{ ...subject, version }, ...packages].map((each) => ({
      ref: referenceOf(each),
      dependsOn: [...new Set(each.uses)],
    })),
  };
};

const toComponent = (each: ProductionPackage) => {
  const { name, version, license, integrity } = each;
  const [algorithm, digest = ''] = integrity?.split('-') ?? [];
  return {
    type: 'library',
    'bom-ref': referenceOf(each),
    name,
    version,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    scope: 'required',
    ...(license !== undefined && { licenses: [{ expression: license }] }),
    ...(algorithm === 'sha512' && {
      hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }],
    }),
  };
};
