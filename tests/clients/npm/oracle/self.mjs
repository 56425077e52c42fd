// Answers that differ, and how: an oracle that finds nothing wrong with them would find nothing at all.

import { Refusal } from './reference.mjs';

const error = {
  message: 'wrong', path: ['a', 'b'], locations: [{ line: 1, column: 5 }], extensions: { code: 'BAD_USER_INPUT' },
};
const beside = { ...error, path: ['a', 'c'] };
const answered = (...errors) => ({ data: failed.data, errors });
const plain = { data: { a: 1, b: { c: [1, null] } }, errors: [], raised: [] };
const failed = { data: { a: { b: null }, d: 1 }, errors: [error], raised: [error] };
const gone = { data: null, errors: [error], raised: [error, beside] };
const failedByItself = { ...failed, errors: [{ ...error, extensions: {} }] };
const nullRefused = { errors: [{ message: 'the variable $a must not be null: it', extensions: error.extensions }] };
const refused = { refusal: new Refusal('GRAPHQL_VALIDATION_FAILED', []) };

/** Pairs that agree: a title, what is expected, what is answered. */
export const alike = [
  ['the same', plain, { data: { a: 1, b: { c: [1, null] } } }],
  ['the same error', failed, answered(error)],
  ['another of the errors for one null', gone, { data: null, errors: [beside] }],
  ['null refused where the reference fails the field', failedByItself, nullRefused],
  ['a refusal', refused, { errors: [{ message: 'no', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] }],
];

/** Pairs that do not. */
export const unlike = [
  ['keys in another order', plain, { data: { b: { c: [1, null] }, a: 1 } }],
  ['keys below in another order', failed, { data: { d: 1, a: { b: null } }, errors: [error] }],
  ['a key too many', plain, { data: { ...plain.data, d: 1 } }],
  ['null for a value', plain, { data: { a: null, b: { c: [1, null] } } }],
  ['entries in another order', plain, { data: { a: 1, b: { c: [null, 1] } } }],
  ['an error that nothing raised', plain, { ...plain, errors: [error] }],
  ['a null without its error', failed, answered()],
  ['the same error twice', failed, answered(error, error)],
  ['an error with another path', failed, answered({ ...error, path: ['a'] })],
  ['an error with another code', failed, answered({ ...error, extensions: { code: 'NOT_FOUND' } })],
  ['an error with other words', failed, answered({ ...error, message: 'odd' })],
  ['an error at another place', failed, answered({ ...error, locations: [{ line: 1, column: 6 }] })],
  ['null that went too far', failed, { data: { a: null, d: 1 }, errors: [error] }],
  ['an answer to what is refused', refused, { data: { a: 1 } }],
  ['null to what is refused', refused, { data: null, errors: [error] }],
  ['a refusal of another kind', refused, { errors: [{ message: 'no', extensions: { code: 'GRAPHQL_PARSE_FAILED' } }] }],
  ['a refusal without errors', refused, { errors: [] }],
  ['null refused where a resolver failed', failed, nullRefused],
  ['null refused where nothing failed', plain, nullRefused],
  ['a refusal of what is answered', plain, { errors: [{ message: 'no' }] }],
];
