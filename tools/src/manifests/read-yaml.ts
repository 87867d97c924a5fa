import type { ParserOptions } from 'prettier';
import { parsers } from 'prettier/plugins/yaml';

interface Node {
  readonly type: string;
  readonly value?: string;
  readonly children?: readonly (Node | null)[];
  readonly anchor?: Node | null;
}

type Anchors = Map<string, unknown>;

/**
 * The documents of a YAML text as plain values, by the parser that formats this repository's YAML. Throws for what is no
 * YAML, for a key that comes twice in a mapping, and for what no manifest here needs, such as tags.
 */
export const readYaml = (text: string): unknown[] => {
  const root = parsers.yaml.parse(text, {} as ParserOptions) as Node;
  return childrenOf(root).map((document) => {
    const body = childrenOf(document).find(({ type }) => type === 'documentBody');
    return valueOf(body && childrenOf(body)[0], new Map());
  });
};

const childrenOf = ({ children = [] }: Node): Node[] =>
  children.filter((child): child is Node => child !== null && child.type !== 'comment');

const valueOf = (node: Node | undefined, anchors: Anchors): unknown => {
  if (node === undefined) return null;
  if (node.type === 'alias') {
    const name = node.value ?? '';
    if (!anchors.has(name)) throw new Error(`no anchor ${name} stands before its alias`);
    return anchors.get(name);
  }
  const value = contentOf(node, anchors);
  if (node.anchor?.value !== undefined) anchors.set(node.anchor.value, value);
  return value;
};

const contentOf = (node: Node, anchors: Anchors): unknown => {
  switch (node.type) {
    case 'mapping':
    case 'flowMapping':
      return mappingOf(node, anchors);
    case 'sequence':
    case 'flowSequence':
      return childrenOf(node).map((item) => valueOf(childrenOf(item)[0], anchors));
    case 'plain':
      return plainValue(node.value ?? '');
    case 'quoteSingle':
    case 'quoteDouble':
    case 'blockLiteral':
    case 'blockFolded':
      return node.value ?? '';
    case 'null':
      return null;
    default:
      throw new Error(`a ${node.type} is not expected in a manifest`);
  }
};

const mappingOf = (node: Node, anchors: Anchors): Record<string, unknown> => {
  const own = new Map<string, unknown>();
  const merged = new Map<string, unknown>();
  for (const item of childrenOf(node)) {
    const [key, value] = ['mappingKey', 'mappingValue'].map((type) => {
      const part = childrenOf(item).find((child) => child.type === type);
      return valueOf(part && childrenOf(part)[0], anchors);
    });
    const name = String(key);
    if (name === '<<') {
      for (const [each, inherited] of Object.entries(value as object)) merged.set(each, inherited);
    } else {
      if (own.has(name)) throw new Error(`the key ${name} comes twice in one mapping`);
      own.set(name, value);
    }
  }
  return Object.fromEntries([...merged, ...own]);
};

/** By the core schema of YAML 1.2: `yes` and `on` are texts. */
const plainValue = (text: string): unknown => {
  if (/^(null|~|)$/i.test(text)) return null;
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  if (/^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(text)) return Number(text);
  return text;
};
