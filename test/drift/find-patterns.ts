import ts from 'typescript';

/** A regular expression in the sources. `at` is `file:line`. */
export type FoundPattern =
  | { readonly at: string; readonly source: string; readonly flags: string }
  /** Built at run time, so only a person can explain what it is built from. */
  | { readonly at: string; readonly isBuilt: true };

/** The functions that compile a pattern; `Matches` is class-validator's. */
const COMPILERS = new Set(['RegExp', 'Matches']);

function isCompilation(node: ts.Node): node is ts.CallExpression | ts.NewExpression {
  return (
    (ts.isCallExpression(node) || ts.isNewExpression(node)) &&
    ts.isIdentifier(node.expression) &&
    COMPILERS.has(node.expression.text)
  );
}

function readLiteral(at: string, literal: ts.RegularExpressionLiteral): FoundPattern {
  const end = literal.text.lastIndexOf('/');
  return { at, source: literal.text.slice(1, end), flags: literal.text.slice(end + 1) };
}

/** Reads the argument that a pattern is compiled from; a literal is skipped, because it is found on its own. */
function readCompilation(at: string, call: ts.CallExpression | ts.NewExpression): FoundPattern[] {
  const [pattern, ...others] = call.arguments ?? [];
  if (pattern === undefined || ts.isRegularExpressionLiteral(pattern)) return [];
  if (!ts.isStringLiteralLike(pattern)) {
    // A decorator gets no text from a caller. A name there refers to a pattern that is found where it is declared.
    const isDecorator = ts.isDecorator(call.parent) && ts.isIdentifier(pattern);
    return isDecorator ? [] : [{ at, isBuilt: true }];
  }
  const flags = others.find((other) => ts.isStringLiteralLike(other));
  return [{ at, source: pattern.text, flags: flags?.text ?? '' }];
}

/** Finds each regular expression of one file: literals, and the arguments of `RegExp` and `@Matches`. */
export function findPatterns(file: string, text: string): FoundPattern[] {
  const sourceFile = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: FoundPattern[] = [];
  const visit = (node: ts.Node): void => {
    const { line } = sourceFile.getLineAndCharacterOfPosition(node.getStart());
    const at = `${file}:${line + 1}`;
    if (ts.isRegularExpressionLiteral(node)) found.push(readLiteral(at, node));
    if (isCompilation(node)) found.push(...readCompilation(at, node));
    ts.forEachChild(node, visit);
  };
  visit(sourceFile);
  return found;
}
