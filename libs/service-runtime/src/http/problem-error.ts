import { STATUS_CODES } from 'node:http';

/** The members of a problem details object (RFC 9457). */
export interface Problem {
  type: 'about:blank';
  title: string;
  status: number;
  detail?: string;
  request_id?: string;
}

/** An answer that is not the one hoped for; thrown by a route, or answered to an upgrade. */
export class ProblemError extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  /** `detail` is read by the client: no secrets, no internals. */
  constructor(status: number, detail?: string, headers: Record<string, string> = {}, options?: ErrorOptions) {
    super(detail ?? titleOf(status), options);
    this.name = 'ProblemError';
    this.status = status;
    this.title = titleOf(status);
    this.detail = detail;
    this.headers = headers;
  }

  toProblem(): Problem {
    return {
      type: 'about:blank',
      title: this.title,
      status: this.status,
      ...(this.detail === undefined ? {} : { detail: this.detail }),
    };
  }
}

function titleOf(status: number): string {
  return STATUS_CODES[status] ?? 'Error';
}
