// The server under test: where it is, who signs in, and one plain request.
//
// Says nothing about GraphQL clients; each test brings its own.

import { readFileSync } from 'node:fs';

/** The address of the API, such as `http://127.0.0.1:8080/graphql`. */
export const url = required('HEMICYCLE_URL');

/** The same for WebSocket. */
export const socketUrl = url.replace(/^http/, 'ws');

/** The text of schema.graphql. */
export const schemaText = readFileSync(required('HEMICYCLE_SCHEMA'), 'utf8');

const accounts = JSON.parse(readFileSync(required('HEMICYCLE_ACCOUNTS'), 'utf8'));

/** Returns the demonstration's account of a role: its address and its password. */
export function account(role = 'PLATFORM_ADMINISTRATOR') {
  const account = accounts.find((account) => account.role === role);
  if (!account) throw new Error(`the demonstration has no account with the role ${role}`);
  return account;
}

/** Signs in as the account of a role, and returns its headers. */
export async function signIn(role) {
  const { email, password } = account(role);
  const answer = await ask({
    query: `mutation SignIn($input: SignInInput!) {
      signIn(input: $input) { accessToken errors { message } }
    }`,
    variables: { input: { email, password } },
  });
  const token = answer.data?.signIn.accessToken;
  if (!token) throw new Error(`could not sign in as ${role}: ${JSON.stringify(answer)}`);
  return { authorization: `Bearer ${token}` };
}

/** Posts a request and returns the answer's JSON. */
export async function ask(parameters, headers = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(parameters),
  });
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`the answer ${response.status} is no JSON: ${text}`);
  }
}

/** Posts a request that must succeed and returns its data. */
export async function data(parameters, headers = {}) {
  const answer = await ask(parameters, headers);
  if (answer.errors) throw new Error(`${parameters.query}\n${JSON.stringify(answer.errors)}`);
  return answer.data;
}

function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run this by \`cargo xtask clients\``);
  return value;
}
