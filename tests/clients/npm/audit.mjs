// The audits of GraphQL over HTTP by the package graphql-http: each is a test, and all must pass.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { serverAudits } from 'graphql-http';

import { url } from './support/server.mjs';

const audits = serverAudits({ url });

test('there are 61 audits', () => {
  assert.equal(audits.length, 61);
});

for (const audit of audits) {
  test(audit.name, async () => {
    const result = await audit.fn();
    assert.equal(result.status, 'ok', result.reason);
  });
}
