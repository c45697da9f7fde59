// mock.mjs PACKAGES DESCRIPTION…: one contract mock for each description, from PACKAGES/node_modules. Prints their
// addresses as a line of JSON and runs until its standard input ends.
//
// The mock's own command line is not used: in listing the operations it rewrites the names of query parameters with
// brackets, and then misses them in every request.

import { createRequire } from 'node:module';
import { join } from 'node:path';

const [packages, ...descriptions] = process.argv.slice(2);
const require = createRequire(join(packages, 'package.json'));
const { createLogger } = require('@stoplight/prism-core');
const { getHttpOperationsFromSpec } = require('@stoplight/prism-http');
const { createServer } = require('@stoplight/prism-http-server');

const config = {
  isProxy: false,
  checkSecurity: true,
  validateRequest: true,
  validateResponse: true,
  errors: true,
  mock: { dynamic: false },
};

async function start(description) {
  const operations = await getHttpOperationsFromSpec(description);
  const components = { logger: createLogger('mock', { level: 'silent' }) };
  return createServer(operations, { cors: false, config, components }).listen(0, '127.0.0.1');
}

console.log(JSON.stringify(await Promise.all(descriptions.map(start))));
process.stdin.on('end', () => process.exit(0)).resume();
