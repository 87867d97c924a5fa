/**
 * Why nothing comes any more: the consumer is gone, the server is silent, or it will not do what it is asked to.
 */
export interface PullTrouble {
  readonly kind: 'gone' | 'silent' | 'refused';
  readonly detail: string;
}

/** What a status message says of its request: nothing (`undefined`), that it is over, or that there is trouble. */
export type PullEnd = { readonly pauseMs: number } | { readonly trouble: PullTrouble } | undefined;

const refused = (detail: string): PullEnd => ({ trouble: { kind: 'refused', detail } });
const gone = (detail: string): PullEnd => ({ trouble: { kind: 'gone', detail } });

/** By the server's status codes for pull requests (NATS ADR-13 and server/consumer.go). */
export const endOfPull = (code: number, description: string): PullEnd => {
  switch (code) {
    case 100:
      return undefined;
    case 404: // nothing there
    case 408: // not filled in its time
      return { pauseMs: 0 };
    case 409:
      if (/deleted/i.test(description)) return gone(description);
      if (/push based|MaxRequest/i.test(description)) return refused(description);
      // As many bytes as were asked for.
      if (/MaxBytes|Batch Completed/i.test(description)) return { pauseMs: 0 };
      // The leader changes, the server stops, or there are too many requests.
      return { pauseMs: 250 };
    case 503:
      return gone('nobody answers for the consumer');
    default:
      return refused(`${code} ${description}`);
  }
};
