/** What all samples of a connection have in common. */
export class SampleOrigin {
  readonly robotId: string;
  /** How the payload of each of their events begins. */
  readonly payloadStart: string;

  constructor(robotId: string, connectionId: string) {
    this.robotId = robotId;
    this.payloadStart = `{"robot_id":${JSON.stringify(robotId)},"connection_id":${JSON.stringify(connectionId)},`;
  }
}
