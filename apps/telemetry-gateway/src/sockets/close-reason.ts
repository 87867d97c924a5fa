import type { CloseReason } from '@fleet/event-envelope';

const noCloseFrame = 1006;

/** Why a socket ended that this gateway did not end: by the close code of the other side. */
export const reasonOfCloseCode = (code: number): CloseReason =>
  code === noCloseFrame ? 'connection_lost' : 'client_disconnect';

/**
 * Why a socket ended whose bytes could not be read: `ws` names a breach of the protocol by a code of its own,
 * and whatever else fails is the connection.
 */
export const reasonOfError = (error: Error): CloseReason => {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return 'message_too_large';
  return code.startsWith('WS_ERR_') ? 'protocol_error' : 'connection_lost';
};
