import { parseAckSubject } from './ack-subject.ts';

const facts = {
  stream: 'CHARTER_EVENTS',
  deliveryCount: 3,
  sequence: 1042,
  deliverySequence: 1200,
  storedAt: 1703001234567,
  pending: 8,
};

describe('parseAckSubject', () => {
  it.each([
    ['of servers without domains', '$JS.ACK.CHARTER_EVENTS.audit.3.1042.1200.1703001234567891234.8'],
    [
      'with a domain and an account',
      '$JS.ACK.hub.A1B2.CHARTER_EVENTS.audit.3.1042.1200.1703001234567891234.8',
    ],
    ['with a random token', '$JS.ACK._.A1B2.CHARTER_EVENTS.audit.3.1042.1200.1703001234567891234.8.x9'],
  ])('reads the form %s', (_form, subject) => {
    expect(parseAckSubject(subject)).toEqual(facts);
  });
});
