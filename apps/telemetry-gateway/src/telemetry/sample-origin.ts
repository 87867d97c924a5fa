/** Whose samples they are, and over which connection they come. */
export class SampleOrigin {
  readonly robotId: string;
  readonly connectionId: string;
  /** How the payload of each of their events begins. */
  readonly payloadStart: string;

  constructor(robotId: string, connectionId: string) {
    this.robotId = robotId;
    this.connectionId = connectionId;
    this.payloadStart = `{"robot_id":${JSON.stringify(robotId)},"connection_id":${JSON.stringify(connectionId)},`;
  }
}
