const sdkVariable = /^(OPENAI|ANTHROPIC|AZURE_OPENAI)_/;

/**
 * Runs a constructor with the SDKs' environment variables out of sight. Both SDKs would otherwise send the user's key,
 * organisation, project or custom headers to any baseURL (`OPENAI_CUSTOM_HEADERS` cannot be turned off by an option).
 * Synchronous, so that nothing else sees the environment without them.
 */
export function withoutSdkVariables<T>(construct: () => T): T {
  const hidden = Object.entries(process.env).filter(([name]) => sdkVariable.test(name));
  for (const [name] of hidden) delete process.env[name];
  try {
    return construct();
  } finally {
    for (const [name, value] of hidden) process.env[name] = value;
  }
}
