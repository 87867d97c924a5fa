import { field, split, type Field } from './field.ts';

/** Origins of web pages, `scheme://host[:port]`, separated by commas; or `*` for every one. */
export const origins = (): Field<string[]> =>
  field((raw) => {
    const value = split(raw);
    return value.length > 0 && value.every((each) => each === '*' || isOrigin(each))
      ? { value }
      : { expected: 'origins separated by commas, like https://app.example:8443, or *', shown: raw };
  });

function isOrigin(text: string): boolean {
  return /^https?:\/\/[^\s/?#@*]+\/?$/i.test(text) && URL.canParse(text);
}
