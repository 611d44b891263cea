/** Something wrong in a policy, list or case file, where a person can find it. */
export interface PolicyIssue {
  readonly code:
    | 'SYNTAX'
    | 'SCHEMA'
    | 'UNKNOWN_ROLE'
    | 'UNKNOWN_LIST'
    | 'UNKNOWN_CONTRACT'
    | 'UNKNOWN_FUNCTION'
    | 'UNKNOWN_EVENT'
    | 'UNKNOWN_ARGUMENT'
    | 'DUPLICATE_RULE'
    | 'DUPLICATE_NAME'
    | 'RESERVED_NAME'
    | 'BAD_ADDRESS'
    | 'BAD_AMOUNT'
    | 'BAD_SIGNATURE'
    | 'BAD_CONDITION'
    | 'LIST_KIND'
    | 'WILDCARD'
    | 'TOO_MANY_RULES';
  readonly message: string;
  /** Keys and indices from the top of the file. */
  readonly path: readonly (string | number)[];
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

export const formatIssue = (issue: PolicyIssue, file = 'policy'): string =>
  `${file}:${issue.line}:${issue.column}: ${issue.code}: ${issue.message}`;

/** Where the compiler puts what it finds. */
export type Report = (code: PolicyIssue['code'], path: readonly (string | number)[], message: string) => void;
