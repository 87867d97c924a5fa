import { createPublisherFixture } from './publisher.fixture.ts';
import { PublishError } from './publish-error.ts';

const createPublisher = () => {
  const { publisher, errors } = createPublisherFixture();
  const told: string[] = [];
  const publish = (seq: number, failed: () => void = () => undefined, signal?: AbortSignal) =>
    publisher.publish(
      'telemetry.data_received',
      { robot_id: 'robot_1', connection_id: 'ws_robot_1_1', metrics: {}, received_at: 1, seq },
      { signal },
      {
        stored: () => undefined,
        failed: (error) => {
          told.push(`${seq} ${error instanceof PublishError ? error.kind : error.message}`);
          failed();
        },
      },
    );
  const close = () => {
    publisher.refuseMore();
    publisher.abandon();
  };
  return { publisher, publish, close, told, errors };
};

describe('a publisher that gives up', () => {
  it('tells everyone, whatever those who are told throw', () => {
    const { publish, close, told, errors } = createPublisher();
    const fail = () => {
      throw new Error('not mine');
    };
    for (const seq of [1, 2, 3]) publish(seq, fail);
    close();
    expect(told).toEqual(['1 closed', '2 closed', '3 closed']);
    expect(errors).toEqual(['who was told of an outcome has thrown']);
  });

  it('tells everyone once, whatever those who are told give up and publish meanwhile', () => {
    const { publish, close, told } = createPublisher();
    const abort = new AbortController();
    publish(1, () => {
      abort.abort();
      publish(5);
    });
    publish(2, undefined, abort.signal);
    for (const seq of [3, 4]) publish(seq);
    close();
    expect(told).toEqual(['1 closed', '2 aborted', '5 closed', '3 closed', '4 closed']);
  });

  it('stands aborts within aborts, with objects that are used again at once', () => {
    const { publisher, publish, close, told } = createPublisher();
    const [outer, inner] = [new AbortController(), new AbortController()];
    publish(1, () => inner.abort(), outer.signal);
    publish(2, () => publish(4), inner.signal);
    publish(3, () => publish(5, undefined, inner.signal), outer.signal);
    outer.abort();
    expect(told).toEqual(['1 aborted', '2 aborted', '3 aborted', '5 aborted']);
    expect(publisher.held).toBe(1);
    close();
    expect(told.slice(4)).toEqual(['4 closed']);
  });
});

describe('a publisher of what is no event', () => {
  it('says once what it is of, and where it is wrong', () => {
    const { publisher, close } = createPublisher();
    const failed = jest.fn<undefined, [Error]>();
    const empty = {} as Parameters<typeof publisher.publish<'telemetry.data_received'>>[1];
    publisher.publish('telemetry.data_received', empty, {}, { stored: () => undefined, failed });
    expect(failed.mock.calls[0]?.[0].message).toMatch(/^telemetry\.data_received: payload\.robot_id: /);
    close();
  });
});

describe('a publisher that may not publish on a subject', () => {
  it('tells everyone, also when one who is told gives up the others', async () => {
    const { publisher, publish, close, told } = createPublisher();
    publisher.ways.CHARTER_TELEMETRY.lane.up({ put: () => undefined, flush: () => undefined });
    const ending = new AbortController();
    for (const seq of [1, 2, 3]) publish(seq, () => ending.abort(), ending.signal);
    // They are sent at the end of the turn.
    await new Promise(setImmediate);
    publisher.forbidden('charter.v1.telemetry.data_received.robot_1');
    expect(told).toEqual(['1 permission', '2 aborted', '3 aborted']);
    close();
  });
});
