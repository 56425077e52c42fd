// Prints the events of a region, its districts included, the latest first: `node events.ts UZ-JI`.

const url = process.env.HEMICYCLE_URL ?? 'http://127.0.0.1:8080/graphql';

interface Answer<Data> {
  data?: Data | null;
  errors?: { message: string; path?: (string | number)[]; extensions?: { code?: string } }[];
}

interface Event {
  title: string;
  status: string;
  dates: { edtf: string };
  territory: { name: string } | null;
  host: { name: string } | null;
}

const REGION = `query Region($code: String!) { territories(where: { code: $code }) { nodes { id } } }`;

const EVENTS = `query Events($region: ID!) {
  events(where: { territoryWithin: $region }, orderBy: { field: STARTS_ON, direction: DESCENDING }, first: 20) {
    nodes { title status dates { edtf } territory { name } host { name } }
  }
}`;

const SIGN_IN = `mutation SignIn($input: SignInInput!) {
  signIn(input: $input) { accessToken errors { message } }
}`;

async function ask<Data>(query: string, variables: object, token?: string): Promise<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'accept-language': 'en',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  const answer = (await response.json()) as Answer<Data>;
  if (answer.errors || !answer.data) throw new Error(answer.errors?.map((error) => error.message).join('; '));
  return answer.data;
}

async function signIn(): Promise<string> {
  const input = { email: process.env.HEMICYCLE_EMAIL, password: process.env.HEMICYCLE_PASSWORD };
  interface Session { accessToken: string | null; errors: { message: string }[] }
  const { signIn } = await ask<{ signIn: Session }>(SIGN_IN, { input });
  if (signIn.accessToken === null) throw new Error(signIn.errors.map((error) => error.message).join('; '));
  return signIn.accessToken;
}

async function main(code: string): Promise<void> {
  const token = await signIn();
  const { territories } = await ask<{ territories: { nodes: { id: string }[] } }>(REGION, { code }, token);
  const [region] = territories.nodes;
  if (region === undefined) throw new Error(`no territory has the code ${code}`);
  const { events } = await ask<{ events: { nodes: Event[] } }>(EVENTS, { region: region.id }, token);
  for (const { title, status, dates, territory, host } of events.nodes) {
    console.log([dates.edtf, status, title, territory?.name ?? '–', host?.name ?? '–'].join(' | '));
  }
}

await main(process.argv[2] ?? 'UZ-JI');
