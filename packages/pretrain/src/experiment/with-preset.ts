/**
 * A config whose `model` takes the sizes of its `preset` where it says nothing. What is no record, or names no preset, is
 * left for the schema to refuse.
 *
 * @param usual - The preset of a config that names none.
 */
export function withPreset(
  config: unknown,
  presets: Readonly<Record<string, object>>,
  usual: string,
): unknown {
  if (typeof config !== 'object' || config === null) return config
  const { preset = usual, model = {} } = config as { readonly preset?: string; readonly model?: unknown }
  if (typeof model !== 'object' || !Object.hasOwn(presets, preset)) return config
  return { ...config, model: { ...presets[preset], ...model } }
}
