/** Names with the change or the value of each. */
export type Pairs = Iterable<readonly [name: string, value: string | number]>;

export type BucketSize = 'minute' | 'hour' | 'day';

export interface BucketWrite {
  readonly size: BucketSize;
  /** Beginning, Unix seconds. */
  readonly start: number;
  /** Unix seconds. */
  readonly expiresAt: number;
  readonly counts: Pairs;
  /** By `<outcome>:<robot>`. */
  readonly robots: Pairs;
}

/** Everything that one batch changes. */
export interface MissionWrite {
  readonly fence: number;
  /** Where the writer believes the cursor to be, and where it goes. */
  readonly from: string;
  readonly to: string;
  /** Counters of the head, by how much they grow. */
  readonly headChanges: Pairs;
  /** Fields of the head, set as they are. */
  readonly headValues: Pairs;
  readonly totals: Pairs;
  readonly open: Pairs;
  readonly ended: Pairs;
  readonly noLongerOpen: readonly string[];
  /** The generation that `ended` goes to. */
  readonly generation: number;
  /** Rejected entries and gaps as JSON, for people to read. */
  readonly rejected: readonly string[];
  readonly gaps: readonly string[];
  readonly buckets: readonly BucketWrite[];
}

/** How an attempt to write ended; see the script. */
export type WriteOutcome = 'applied' | 'fenced' | 'moved';
