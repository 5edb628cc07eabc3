/** Node's built-in modules, without an import that a browser's bundler would stumble over. */
export function builtin<Module>(name: string): Module | undefined {
  const process = (globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }).process;
  return process?.getBuiltinModule?.(name) as Module | undefined;
}
