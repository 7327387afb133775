import ts from 'typescript';

/** A regular expression in the sources. `at` is `file:line`. */
export type FoundPattern =
  | { readonly at: string; readonly source: string; readonly flags: string }
  /** Put together while the service runs: only a person can say from what. */
  | { readonly at: string; readonly isBuilt: true };

/** The functions that make a pattern of a text; `Matches` is class-validator's. */
const MAKERS = new Set(['RegExp', 'Matches']);

function isMaking(node: ts.Node): node is ts.CallExpression | ts.NewExpression {
  return (
    (ts.isCallExpression(node) || ts.isNewExpression(node)) &&
    ts.isIdentifier(node.expression) &&
    MAKERS.has(node.expression.text)
  );
}

function readLiteral(at: string, literal: ts.RegularExpressionLiteral): FoundPattern {
  const end = literal.text.lastIndexOf('/');
  return { at, source: literal.text.slice(1, end), flags: literal.text.slice(end + 1) };
}

/** Reads what a pattern is made of; nothing where that is a literal, which is found by itself. */
function readMaking(at: string, making: ts.CallExpression | ts.NewExpression): FoundPattern[] {
  const [pattern, ...others] = making.arguments ?? [];
  if (pattern === undefined || ts.isRegularExpressionLiteral(pattern)) return [];
  if (!ts.isStringLiteralLike(pattern)) {
    // A decorator is given no text of a caller's: a name there is that of a pattern found where it stands.
    const isDecorator = ts.isDecorator(making.parent) && ts.isIdentifier(pattern);
    return isDecorator ? [] : [{ at, isBuilt: true }];
  }
  const flags = others.find((other) => ts.isStringLiteralLike(other));
  return [{ at, source: pattern.text, flags: flags?.text ?? '' }];
}

/** Finds each regular expression of one file: literals, and what is given to `RegExp` and `@Matches`. */
export function findPatterns(file: string, text: string): FoundPattern[] {
  const sourceFile = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: FoundPattern[] = [];
  const visit = (node: ts.Node): void => {
    const { line } = sourceFile.getLineAndCharacterOfPosition(node.getStart());
    const at = `${file}:${line + 1}`;
    if (ts.isRegularExpressionLiteral(node)) found.push(readLiteral(at, node));
    if (isMaking(node)) found.push(...readMaking(at, node));
    ts.forEachChild(node, visit);
  };
  visit(sourceFile);
  return found;
}
