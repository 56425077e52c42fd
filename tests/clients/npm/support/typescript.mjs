// Compiling TypeScript as strictly as the compiler can, and running what comes out.

import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';

const OPTIONS = [
  '--strict', '--noUncheckedIndexedAccess', '--exactOptionalPropertyTypes', '--noUnusedLocals', '--noUnusedParameters',
  '--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler', '--moduleDetection', 'force',
  '--skipLibCheck', '--types', 'node', '--typeRoots', 'node_modules/@types', '--pretty', 'false',
];

/** Compiles a program, its imports with it, and returns the path of what is to be run. */
export function compile(file, options = []) {
  said('node_modules/.bin/tsc', [...OPTIONS, ...options, '--outDir', 'compiled', file]);
  return `compiled/${basename(file).replace(/\.ts$/, '.js')}`;
}

/** Runs a program and returns what it printed; fails with what it complained of. */
export function run(program, parameters = [], environment = {}) {
  return said('node', [program, ...parameters], environment);
}

function said(command, parameters, environment = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, parameters, {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${parameters.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}
