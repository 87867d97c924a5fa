/**
 * A payload whose maker has checked and encoded it: its JSON is sent as it is, and nobody looks whether the type's schema
 * takes it. For those who check what they are given anyhow, and would have it checked and written twice.
 */
export class EncodedPayload {
  /** The robot or job that ends the subject, as in the JSON. */
  readonly entity: string;
  readonly json: string;

  constructor(entity: string, json: string) {
    this.entity = entity;
    this.json = json;
  }
}
