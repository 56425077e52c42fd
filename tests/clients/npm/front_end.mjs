// The example examples/front-end: it compiles under `--strict`, and prints what the documents hold.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { compile, run } from './support/typescript.mjs';
import { account } from './support/server.mjs';

const program = compile('../examples/front-end/events.ts');

const { email, password } = account('VIEWER');

test('the events of a region', () => {
  assert.equal(
    run(program, ['KZ-31'], { HEMICYCLE_EMAIL: email, HEMICYCLE_PASSWORD: password }),
    [
      '2018-10-15 | HELD | Visit of representatives of the Central Election Commission to Zhualy district'
        + ' | Zhualy District | Office of the akim of Zhualy district',
      '2018-10-15 | HELD | Seminar-meeting on the latest changes to election legislation, Zhambyl Region'
        + ' | Zhambyl Region | –',
      '',
    ].join('\n'),
  );
});

test('a wrong password is said', () => {
  const wrong = { HEMICYCLE_EMAIL: email, HEMICYCLE_PASSWORD: 'wrong' };
  assert.throws(() => run(program, ['UZ-JI'], wrong), /the address or the password is wrong/i);
});
