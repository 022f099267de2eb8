/** What stands where nothing is known. */
export const UNKNOWN = '–';

export function bits(perSecond: number | null): string {
  if (perSecond === null) return UNKNOWN;
  return perSecond >= 999.5e6 ? `${(perSecond / 1e9).toFixed(2)} Gbit/s`
    : perSecond >= 999_500 ? `${(perSecond / 1e6).toFixed(1)} Mbit/s`
    : `${Math.round(perSecond / 1e3)} kbit/s`;
}

export function bytes(count: number): string {
  return count >= 1e9 ? `${(count / 1e9).toFixed(2)} GB` : `${Math.round(count / 1e6)} MB`;
}

export function share(of: number | null): string {
  return of === null ? UNKNOWN : `${of > 0 && of < 0.0995 ? (of * 100).toFixed(1) : Math.round(of * 100)} %`;
}

/** How long something took or is ago, by its two greatest units. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [days, hours, minutes] = [Math.floor(whole / 86_400), Math.floor(whole / 3_600) % 24, Math.floor(whole / 60) % 60];
  return days > 0 ? `${days} d ${hours} h` : hours > 0 ? `${hours} h ${minutes} min` : minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}

export function seconds(value: number | null): string {
  return value === null ? UNKNOWN : `${value.toFixed(value < 9.995 ? 2 : 1)} s`;
}

export function milliseconds(value: number | null): string {
  return value === null ? UNKNOWN : value >= 9_999.5 ? seconds(value / 1_000) : `${Math.round(value)} ms`;
}

/** A score, which may be anything. */
export function score(value: number | null): string {
  return value === null ? UNKNOWN : !Number.isFinite(value) ? (value > 0 ? '∞' : '−∞') : value.toFixed(3);
}
