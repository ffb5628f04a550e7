import { once } from 'node:events';
import { connect } from 'node:net';

/** Resolves when something accepts connections on this port of 127.0.0.1, and rejects when nothing does. */
export async function isListening(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}
