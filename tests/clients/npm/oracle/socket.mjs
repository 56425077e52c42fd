// The same questions over a WebSocket: what is answered there must not differ from what is answered over HTTP.

import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

import { socketUrl } from '../support/server.mjs';

/** A way to ask over one socket, as the holder of a token. */
export class Socket {
  #client;

  constructor(headers) {
    const connectionParams = { Authorization: headers.authorization };
    this.#client = createClient({ url: socketUrl, webSocketImpl: WebSocket, connectionParams, retryAttempts: 0 });
  }

  /** Asks, and returns the answer as it would come over HTTP. */
  async ask(request) {
    const answers = [];
    try {
      for await (const answer of this.#client.iterate(request)) answers.push(answer);
    } catch (errors) {
      if (!Array.isArray(errors)) throw errors;
      answers.push({ errors });
    }
    if (answers.length !== 1) throw new Error(`one answer was expected, not ${JSON.stringify(answers)}`);
    return answers[0];
  }

  close() {
    return this.#client.dispose();
  }
}
