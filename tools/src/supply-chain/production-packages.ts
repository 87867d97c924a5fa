/** What a lockfile says of a package, by its place in the tree. */
export interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}
export type Lock = Readonly<Record<string, LockedPackage>>;

export interface ProductionPackage {
  readonly name: string;
  readonly version: string;
  /** Nothing for packages of this workspace. */
  readonly license: string | undefined;
  /** Of its archive, as the lockfile has it: `sha512-` and base64. */
  readonly integrity: string | undefined;
  readonly isOurs: boolean;
  /** What it uses, as `name@version`. */
  readonly uses: readonly string[];
}

const folder = 'node_modules/';

/** Where Node finds a package from a place: the nearest `node_modules` upwards. */
const find = (lock: Lock, from: string, name: string): string | undefined => {
  for (let at = from; ; at = at.includes('/') ? at.slice(0, at.lastIndexOf('/')) : '') {
    const place = `${at === '' ? '' : `${at}/`}${folder}${name}`;
    const found = lock[place];
    if (found?.link === true) return found.resolved;
    if (found !== undefined) return place;
    if (at === '') return undefined;
  }
};

const used = (lock: Lock, place: string): string[] => {
  const { dependencies, optionalDependencies, peerDependencies } = lock[place] ?? {};
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }).flatMap((name) => {
    const found = find(lock, place, name);
    if (found === undefined && dependencies?.[name] !== undefined)
      throw new Error(`the lockfile has no ${name}, which ${place} needs`);
    return found ?? [];
  });
};

const isOurs = (place: string): boolean => !place.includes(folder);

const identify = (lock: Lock, place: string): { name: string; version: string } => ({
  name: isOurs(place)
    ? `@fleet/${place.slice(place.lastIndexOf('/') + 1)}`
    : (place.split(folder).at(-1) ?? ''),
  version: lock[place]?.version ?? '0.0.0',
});

export const referenceOf = ({ name, version }: { name: string; version: string }): string =>
  `${name}@${version}`;

/** Every package that an installation without development dependencies has for a workspace; the workspace itself is first. */
export const productionPackages = (lock: Lock, workspace: string): ProductionPackage[] => {
  const places = new Set([workspace]);
  for (const place of places) for (const found of used(lock, place)) places.add(found);
  return [...places].map((place) => ({
    ...identify(lock, place),
    license: lock[place]?.license,
    integrity: lock[place]?.integrity,
    isOurs: isOurs(place),
    uses: used(lock, place).map((found) => referenceOf(identify(lock, found))),
  }));
};
