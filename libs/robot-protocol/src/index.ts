export { closeCodes, closeMeaning } from './close-codes.ts';
export { errorCodes, type ErrorCode } from './error-codes.ts';
export {
  gatewayMessageSchema,
  GatewayMessageError,
  parseGatewayMessage,
  type AckMessage,
  type ClosingMessage,
  type ErrorMessage,
  type GatewayMessage,
  type ThrottledMessage,
  type WelcomeMessage,
} from './gateway-message.ts';
export {
  isMetricName,
  isRobotId,
  isSessionName,
  metricNamePattern,
  robotIdPattern,
  sessionNamePattern,
} from './ids.ts';
export {
  ackWithinMs,
  bearerProtocolPrefix,
  defaultLimits,
  maxAttributesPerSample,
  maxMetricsPerSample,
  maxMissingRanges,
  maxRecordedAheadSeconds,
  maxSamplesPerBatch,
  protocolName,
} from './limits.ts';
export { refusalOf, type Refusal } from './refusal.ts';
export {
  robotMessageSchema,
  sampleSchema,
  type RobotMessage,
  type Sample,
  type TelemetryBatchMessage,
  type TelemetryMessage,
} from './robot-message.ts';
export {
  addRange,
  capOldest,
  containsSeq,
  countSeqs,
  mergeRanges,
  removeRange,
  subtractRanges,
  type SeqRange,
  type SeqRanges,
} from './seq-ranges.ts';
