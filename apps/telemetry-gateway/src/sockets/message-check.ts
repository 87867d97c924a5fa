import { compileCheck } from '@fleet/event-envelope';
import {
  maxSamplesPerBatch,
  refusalOf,
  robotMessageSchema,
  sampleSchema,
  type ErrorCode,
  type RobotMessage,
  type Sample,
} from '@fleet/robot-protocol';

/** Why a message, or one sample of it, is refused. */
export interface Refused {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly path?: string | undefined;
  /** The number that the refusal settles, where one can be read. */
  readonly seq?: number | undefined;
}

export interface CheckedMessage {
  readonly samples: readonly Sample[];
  readonly refused: readonly Refused[];
}

export type MessageCheck = (text: string) => CheckedMessage;

const none: readonly never[] = [];

/** Explaining takes a hundred times as long as checking: of one message only so many refusals are explained. */
const maxExplained = 8;

/**
 * Compiles the check of what robots say. A yes of the compiled check is final; a no is explained by the schema it was
 * compiled from, which has the last word. Of a batch the good samples are taken and each bad one is refused by itself.
 */
export const createMessageCheck = (): MessageCheck => {
  const isMessage = compileCheck(robotMessageSchema);
  const isSample = compileCheck(sampleSchema);

  const explain = (value: unknown, index: number): Sample | Refused => {
    const refusal = refusalOf({ type: 'telemetry_batch', samples: [value] });
    if (refusal === undefined) return sampleSchema.parse(value);
    return { ...refusal, path: refusal.path?.replace('samples[0]', `samples[${index}]`), seq: seqOf(value) };
  };

  const checkBatch = (values: readonly unknown[]): CheckedMessage => {
    const samples: Sample[] = [];
    const refused: Refused[] = [];
    for (const [index, value] of values.entries()) {
      if (isSample(value)) samples.push(value as Sample);
      else if (refused.length < maxExplained) {
        const checked = explain(value, index);
        if ('code' in checked) refused.push(checked);
        else samples.push(checked);
      } else refused.push({ ...unexplained, path: `samples[${index}]`, seq: seqOf(value) });
    }
    return { samples, refused };
  };

  return (text) => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return { samples: none, refused: [{ code: 'invalid_json', detail: 'expected JSON' }] };
    }
    if (isMessage(value)) return { samples: samplesOf(value as RobotMessage), refused: none };
    const batch = batchOf(value);
    if (batch !== undefined) return checkBatch(batch);
    const refusal = refusalOf(value);
    if (refusal === undefined) return { samples: samplesOf(robotMessageSchema.parse(value)), refused: none };
    return { samples: none, refused: [{ ...refusal, seq: seqOf(value) }] };
  };
};

const unexplained = {
  code: 'invalid_message',
  detail: 'not a sample, like those refused before it',
} as const;

/** The samples of a batch that is one but for its samples. */
const batchOf = (value: unknown): readonly unknown[] | undefined => {
  if (typeof value !== 'object' || value === null || !('type' in value) || !('samples' in value))
    return undefined;
  const { type, samples } = value;
  if (type !== 'telemetry_batch' || !Array.isArray(samples)) return undefined;
  return samples.length >= 1 && samples.length <= maxSamplesPerBatch ? samples : undefined;
};

const samplesOf = (message: RobotMessage): readonly Sample[] =>
  message.type === 'telemetry' ? [message] : message.samples;

const seqOf = (value: unknown): number | undefined => {
  if (typeof value !== 'object' || value === null || !('seq' in value)) return undefined;
  const { seq } = value;
  return typeof seq === 'number' && Number.isSafeInteger(seq) && seq >= 1 ? seq : undefined;
};
