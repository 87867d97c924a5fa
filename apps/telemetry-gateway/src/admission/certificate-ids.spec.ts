import { robotIdsOf } from './certificate-ids.ts';

describe('robotIdsOf', () => {
  it('finds common names, DNS names and the last part of URIs', () => {
    const ids = robotIdsOf({
      subject: 'O=Fleet\nCN=arm_1',
      subjectAltName:
        'DNS:arm_2, URI:urn:fleet:robot:arm_3, URI:spiffe://fleet.example/robot/arm_4, IP Address:10.0.0.1',
    });
    expect(ids).toEqual(['arm_1', 'arm_2', 'arm_3', 'arm_4']);
  });

  it('finds nothing where nothing is', () => {
    expect(robotIdsOf({ subject: 'O=Fleet', subjectAltName: undefined })).toEqual([]);
  });

  it('is not led to a name inside a quoted value', () => {
    const subjectAltName = 'URI:"http://x/, DNS:arm_1, y", DNS:"a\\", DNS:arm_2, b", DNS:arm_3';
    expect(robotIdsOf({ subject: '', subjectAltName })).not.toContain('arm_1');
    expect(robotIdsOf({ subject: '', subjectAltName })).not.toContain('arm_2');
    expect(robotIdsOf({ subject: '', subjectAltName })).toContain('arm_3');
  });
});
