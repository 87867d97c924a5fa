/** Another replica has begun to run this job: this one must not write any more, and has not. */
export class LostLeaseError extends Error {
  constructor() {
    super('another replica has taken over this job; nothing of this batch was written');
    this.name = 'LostLeaseError';
  }
}
