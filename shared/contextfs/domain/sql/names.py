"""The lists of direct SQL: parts of a SELECT, functions and types that may stand in a query. What is not here, may not.

Left out on purpose: whatever reads the server (`pg_…`, `current_setting`, `version`), changes it (`set_config`, locks,
large objects, sequences), waits (`pg_sleep`), or makes much of little (`repeat`, `lpad`, and
`jsonb_pretty` of what is nested deeply). What makes more of much is bounded (`bounds.py`).
"""

from typing import Final

from sqlglot import exp

NODES: Final = frozenset(
    {
        *(exp.Select, exp.Union, exp.Intersect, exp.Except, exp.Values, exp.Subquery, exp.With, exp.CTE, exp.Table),
        *(exp.From, exp.Join, exp.Lateral, exp.Where, exp.Group, exp.Having, exp.Rollup, exp.Cube, exp.GroupingSets),
        *(exp.Order, exp.Ordered, exp.Limit, exp.LimitOptions, exp.Fetch, exp.Offset, exp.Distinct),
        *(exp.Window, exp.WindowSpec, exp.WithinGroup, exp.Filter, exp.IgnoreNulls, exp.RespectNulls),
        *(exp.Alias, exp.Aliases, exp.TableAlias, exp.Column, exp.Identifier, exp.Star, exp.Paren, exp.Tuple),
        *(exp.Literal, exp.Boolean, exp.Null, exp.Interval, exp.IntervalSpan, exp.Kwarg),
        *(exp.Bracket, exp.Slice, exp.DataTypeParam, exp.JSONPath, exp.JSONPathRoot, exp.JSONPathKey),
        *(exp.JSONPathSubscript, exp.Not, exp.Neg, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.DPipe),
        *(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Is, exp.In),
        *(exp.Between, exp.Like, exp.ILike, exp.SimilarTo, exp.Escape, exp.Any, exp.All, exp.AtTimeZone),
    }
)
"""Parts of a query that are no functions."""

FUNCTIONS: Final = frozenset(
    {
        *(exp.And, exp.Or, exp.Case, exp.If, exp.Cast, exp.Coalesce, exp.Nullif, exp.Greatest, exp.Least, exp.Exists),
        *(exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Stddev, exp.Variance, exp.LogicalAnd, exp.LogicalOr),
        *(exp.GroupConcat, exp.ArrayAgg, exp.JSONArrayAgg, exp.JSONBObjectAgg, exp.Grouping, exp.Mode),
        *(exp.PercentileCont, exp.PercentileDisc, exp.RowNumber, exp.Rank, exp.DenseRank, exp.PercentRank),
        *(exp.CumeDist, exp.Ntile, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue),
        *(exp.Lower, exp.Upper, exp.Initcap, exp.Length, exp.Substring, exp.Left, exp.Right, exp.Trim, exp.Replace),
        *(exp.SplitPart, exp.StrPosition, exp.Concat, exp.ConcatWs, exp.Reverse, exp.Translate, exp.StartsWith),
        *(exp.RegexpReplace, exp.RegexpLike, exp.RegexpILike, exp.RegexpCount, exp.MD5, exp.Ascii, exp.Chr),
        *(exp.Abs, exp.Ceil, exp.Floor, exp.Round, exp.Trunc, exp.Sqrt, exp.Pow, exp.Exp, exp.Ln, exp.Log, exp.Sign),
        *(exp.WidthBucket, exp.CurrentTimestamp, exp.CurrentDate, exp.TimestampTrunc, exp.DateBin, exp.Extract),
        *(exp.MakeInterval, exp.JustifyInterval, exp.TimeToStr, exp.StrToDate, exp.UnixToTime, exp.ToNumber),
        *(exp.Array, exp.ArraySize, exp.ArrayToString, exp.StringToArray, exp.ArrayPosition, exp.ArrayAppend),
        *(exp.ArrayRemove, exp.ArrayConcat, exp.ArrayOverlaps, exp.ArrayContainsAll, exp.ArrayContainedBy),
        *(exp.Unnest, exp.Explode, exp.ExplodingGenerateSeries, exp.JSONExtract, exp.JSONExtractScalar),
        *(exp.JSONBExtract, exp.JSONBExtractScalar, exp.JSONBContainsTopKey, exp.JSONBContainsAnyTopKeys),
        exp.JSONBContainsAllTopKeys,
    }
)
"""Functions and operators that the parser knows by a name of its own."""

WORDS: Final = frozenset(
    {
        *("age", "all", "cardinality", "make_date", "octet_length", "row", "to_jsonb", "regexp_match"),
        *("regexp_matches", "regexp_split_to_array", "regexp_split_to_table", "jsonb_agg", "jsonb_array_elements"),
        *("jsonb_array_elements_text", "jsonb_array_length", "jsonb_build_array", "jsonb_build_object", "jsonb_each"),
        *("jsonb_each_text", "jsonb_extract_path_text", "jsonb_object_keys", "jsonb_strip_nulls"),
        "jsonb_typeof",
    }
)
"""Functions that the parser takes by their word."""

CALLED_AS_WANTED: Final = frozenset(
    {"generate_series", "jsonb_object_keys", "regexp_matches", "regexp_split_to_table", "unnest"}
)
"""Functions whose rows have one column without a name of its own: it has the one that the query gives to the rows."""

OF_A_ROW: Final = frozenset(
    {
        *(
            "any_out",
            "any_value",
            "anycompatible_out",
            "anycompatiblenonarray_out",
            "anyelement_out",
            "anynonarray_out",
        ),
        *(
            "hash_record",
            "json_agg_strict",
            "json_build_array",
            "json_build_object",
            "jsonb_agg_strict",
            "num_nonnulls",
        ),
        *("num_nulls", "quote_literal", "quote_nullable", "record_out", "record_send", "row_to_json", "to_json"),
    }
)
"""Functions of Postgres that take a whole row, and are not listed above: a name and a dot before one would call it."""

RESERVED: Final = "pg_"
"""With this begin the tables of Postgres's own catalog, and more of its functions of a whole row."""

_T = exp.DataType.Type
CASTS: Final = frozenset(
    {
        *(_T.TEXT, _T.VARCHAR, _T.CHAR, _T.SMALLINT, _T.INT, _T.BIGINT, _T.DECIMAL, _T.FLOAT, _T.DOUBLE, _T.BOOLEAN),
        *(_T.UUID, _T.DATE, _T.TIME, _T.TIMESTAMP, _T.TIMESTAMPTZ, _T.INTERVAL, _T.JSON, _T.JSONB, _T.ARRAY),
    }
)
"""Types that a value may be turned into."""
