import Pipelines
import RampartCore
import Testing

/// The facts of CEL's public conformance cases that fall inside the subset, in words of our own.
///
/// Those outside are listed in `docs/EXPRESSIONS.md`, and refused by `ExpressionExampleTests`.
@Suite struct ConformanceTests {
    typealias Fact = (expression: String, value: String)

    static let literals: [Fact] = [
        ("0", "0"), ("42", "42"), ("-42", "-42"), ("0x55", "85"), ("-0x55", "-85"), ("1.0", "1.0"),
        ("-2.3e+1", "-23.0"),
        ("''", "\"\""), ("\"a'b\"", "\"a'b\""), ("'\\u0041'", "\"A\""), ("true", "true"), ("false", "false"),
        ("9223372036854775807", "9223372036854775807"), ("-9223372036854775808", "-9223372036854775808"),
    ]
    static let precedence: [Fact] = [
        ("1 + 2 * 3", "7"), ("(1 + 2) * 3", "9"), ("10 - 4 - 3", "3"), ("40 / 10 / 2", "2"), ("-3 * -2", "6"),
        ("!false && false", "false"), ("true || false && false", "true"), ("1 < 2 == true", "refused"),
        ("true ? false ? 1 : 2 : 3", "refused"), ("true ? (false ? 1 : 2) : 3", "2"), ("false ? 1 : true ? 2 : 3", "2"),
        ("false || true ? 1 : 2", "1"), ("true ? 1 + 1 : 2 * 9", "2"), ("!true ? 1 : 2", "2"), ("1 + 1 in [2]", "true"),
    ]
    static let comparisons: [Fact] = [
        ("1 == 1", "true"), ("-1 == 1", "false"), ("1.0 == 1.0", "true"), ("-1.0 == 1.0", "false"),
        ("0.0 == -0.0", "true"),
        ("'' == ''", "true"), ("'a' == 'b'", "false"), ("'abc' == 'ABC'", "false"), ("'ίσος' == 'ίσος'", "true"),
        ("'a' == 'à'", "false"), ("true == true", "true"), ("true == false", "false"), ("24 != 42", "true"),
        ("1 != 1", "false"), ("'a' != 'a'", "false"), ("false != true", "true"), ("9.0e+3 != 9001.0", "true"),
        ("-1 < 0", "true"), ("0 < 0", "false"), ("0.0 < 0.0000001", "true"), ("-0.0 < 0.0", "false"),
        ("'a' < 'b'", "true"),
        ("'a' < 'a'", "false"), ("'abc' < 'abcd'", "true"), ("'' < 'a'", "true"), ("'a' < 'B'", "false"),
        ("'b' < 'aa'", "false"), ("'α' < 'ω'", "true"), ("1 <= 1", "true"), ("1 <= 0", "false"), ("1.5 <= 1.5", "true"),
        ("'a' <= 'b'", "true"), ("42 > -42", "true"), ("0 > 0", "false"), ("'b' > 'a'", "true"),
        ("'100' > '2'", "false"),
        ("0 >= 1", "false"), ("999 >= 999", "true"), ("1.0 >= 0.5", "true"), ("'y' >= 'y'", "true"),
        // The extension of R19: CEL's own checker takes the comparison, and the arithmetic only here.
        ("1 == 1.0", "true"), ("1 < 1.5", "true"), ("2 > 1.5", "true"), ("1 + 0.5", "1.5"),
    ]
    static let arithmetic: [Fact] = [
        ("40 + 2", "42"), ("42 - 12", "30"), ("-42 - 42", "-84"), ("6 * 7", "42"), ("43 / 6", "7"), ("-43 / 6", "-7"),
        ("42 % 5", "2"), ("-43 % 5", "-3"), ("43 % -5", "3"), ("-(1 - 3)", "2"),
        ("1 / 0", "error: division_by_zero"), ("1 % 0", "error: division_by_zero"),
        ("9223372036854775807 + 1", "error: overflow"), ("-9223372036854775808 - 1", "error: overflow"),
        ("-(-9223372036854775808)", "error: overflow"), ("-9223372036854775808 / -1", "error: overflow"),
        ("5000000000 * 5000000000", "error: overflow"), ("4.25 + 15.25", "19.5"), ("42.0 - 12.0", "30.0"),
        ("1.5 * 3.0", "4.5"), ("-4.0 / 8.0", "-0.5"), ("1.0 / 0.0", "inf"), ("1e+308 * 10.0", "inf"),
        ("0.0 / 0.0 != 0.0 / 0.0", "true"),
    ]
    static let logic: [Fact] = [
        ("true ? 1 : 2", "1"), ("false ? 'first' : 'second'", "\"second\""),
        ("2 / 0 > 4 ? 'a' : 'b'", "error: division_by_zero"),
        ("true ? 1 : 1 / 0", "1"), ("false ? 1 / 0 : 2", "2"), ("true ? 1 / 0 : 2", "error: division_by_zero"),
        ("true && true", "true"), ("false && false", "false"), ("true && false", "false"), ("false && true", "false"),
        ("false && (2 / 0 > 3 ? false : true)", "false"), ("(2 / 0 > 3 ? false : true) && false", "false"),
        ("true && 1 / 0 != 0", "error: division_by_zero"), ("1 / 0 != 0 && true", "error: division_by_zero"),
        ("true || true", "true"), ("false || false", "false"), ("false || true", "true"), ("true || false", "true"),
        ("true || (2 / 0 > 3 ? false : true)", "true"), ("(2 / 0 > 3 ? false : true) || true", "true"),
        ("false || 1 / 0 != 0", "error: division_by_zero"), ("1 / 0 != 0 || false", "error: division_by_zero"),
        ("!true", "false"), ("!false", "true"), ("!!true", "true"),
    ]
    static let lists: [Fact] = [
        ("1 in [1, 2, 3]", "true"), ("4 in [1, 2, 3]", "false"), ("'a' in ['b', 'a']", "true"), ("7 in [7]", "true"),
        ("1 in [1 / 0, 1]", "error: division_by_zero"), ("1 in [1, 1 / 0]", "error: division_by_zero"),
        ("1 / 0 in [1]", "error: division_by_zero"), ("!(1 in [2])", "true"),
    ]
    static let macros: [Fact] = [
        ("[1, 2, 3].exists(n, n > 0)", "true"), ("[1, 2, 3].exists(n, n == 2)", "true"),
        ("[1, 2, 3].exists(n, n > 3)", "false"),
        ("[1, 2, 3].exists(n, n / 0 == 17)", "error: division_by_zero"), ("[0, 2].exists(n, 2 / n == 1)", "true"),
        ("[0, 2].exists(n, 2 / n == 2)", "error: division_by_zero"),
        ("[1, 2, 3].all(n, n > 0)", "true"), ("[1, 2, 3].all(n, n == 2)", "false"),
        ("[1, 2, 3].all(n, n == 17)", "false"),
        ("[1, 2, 3].all(n, 6 / (2 - n) == 6)", "false"), ("[1, 2, 3].all(n, n / 0 != 17)", "error: division_by_zero"),
        ("[1 / 0].exists(n, true)", "error: division_by_zero"), ("[1 / 0].all(n, false)", "error: division_by_zero"),
        ("[1, 2].all(n, [n, 3].exists(m, m == n))", "true"), ("[1, 2].exists(n, [5].all(n, n == 5))", "true"),
    ]
    static let strings: [Fact] = [
        ("size('')", "0"), ("size('A')", "1"), ("size('ÿ')", "1"), ("size('four')", "4"), ("size('πέντε')", "5"),
        ("'four'.size()", "4"), ("'😀'.size()", "1"),
        ("'foobar'.startsWith('foo')", "true"), ("'foobar'.startsWith('bar')", "false"),
        ("''.startsWith('foo')", "false"),
        ("'foobar'.startsWith('')", "true"), ("''.startsWith('')", "true"), ("'завтра'.startsWith('за')", "true"),
        ("'foobar'.endsWith('bar')", "true"), ("'foobar'.endsWith('foo')", "false"), ("''.endsWith('foo')", "false"),
        ("'foobar'.endsWith('')", "true"), ("''.endsWith('')", "true"), ("'forté'.endsWith('té')", "true"),
        ("'hello'.contains('he')", "true"), ("'hello'.contains('')", "true"), ("'hello'.contains('ol')", "false"),
        ("'abababc'.contains('ababc')", "true"), ("'Straße'.contains('aß')", "true"), ("''.contains('')", "true"),
        ("'TacoCat'.lowerAscii()", "\"tacocat\""), ("'TacoCÆt'.lowerAscii()", "\"tacocÆt\""),
        ("'TacoCÆt Xii'.lowerAscii() == 'tacocÆt xii'", "true"), ("''.lowerAscii()", "\"\""),
    ]
    static let moment = "timestamp('2009-02-13T23:31:30Z')"
    static let accessors: [Fact] = [
        ("getDate()", "13"), ("getDayOfMonth()", "12"), ("getDayOfWeek()", "5"), ("getDayOfYear()", "43"),
        ("getFullYear()", "2009"), ("getHours()", "23"), ("getMinutes()", "31"), ("getMonth()", "1"),
        ("getSeconds()", "30"),
        ("getMilliseconds()", "0"), ("getDate('Australia/Sydney')", "14"), ("getDayOfMonth('US/Central')", "12"),
        ("getDayOfMonth('+11:00')", "13"), ("getDayOfWeek('UTC')", "5"), ("getDayOfYear('US/Central')", "43"),
        ("getFullYear('-09:30')", "2009"), ("getHours('02:00')", "1"), ("getMinutes('Asia/Kathmandu')", "16"),
        ("getMonth('UTC')", "1"), ("getSeconds('-00:00')", "30"),
    ].map { ("\(moment).\($0.0)", $0.1) }
    static let times: [Fact] = [
        ("timestamp('2009-02-13T02:00:00Z').getDayOfMonth('-02:30')", "11"),
        ("timestamp('2009-02-13T02:00:00Z').getDayOfMonth('America/St_Johns')", "11"),
        ("timestamp('2009-02-13T23:31:20.123Z').getMilliseconds()", "123"),
        ("\(moment) == \(moment)", "true"), ("\(moment) == timestamp('2009-02-13T23:31:29Z')", "false"),
        ("timestamp('1945-05-07T02:41:00Z') != timestamp('1945-05-07T02:41:00Z')", "false"),
        ("duration('123s') == duration('123s')", "true"), ("duration('60s') == duration('3600s')", "false"),
        ("duration('86400s') != duration('86164s')", "true"),
        ("\(moment) + duration('240s') == timestamp('2009-02-13T23:35:30Z')", "true"),
        ("duration('120s') + \(moment) == timestamp('2009-02-13T23:33:30Z')", "true"),
        ("duration('600s') + duration('50s') == duration('650s')", "true"),
        ("\(moment) - duration('600s') == timestamp('2009-02-13T23:21:30Z')", "true"),
        ("\(moment) - timestamp('2009-02-13T23:29:30Z') == duration('120s')", "true"),
        ("duration('900s') - duration('42s') == duration('858s')", "true"),
        ("\(moment) <= \(moment)", "true"), ("\(moment) < \(moment)", "false"), ("\(moment) >= \(moment)", "true"),
        ("\(moment) > timestamp('2009-02-13T23:31:29Z')", "true"), ("duration('200s') <= duration('200s')", "true"),
        ("duration('300s') <= duration('200s')", "false"), ("duration('120s') >= duration('200s')", "false"),
        ("duration('300s') > duration('200s')", "true"), ("duration('200s') < duration('300s')", "true"),
        ("duration('10000s').getHours()", "2"), ("duration('3730s').getMinutes()", "62"),
        ("duration('3730s').getSeconds()", "3730"), ("duration('123.321s').getMilliseconds()", "321"),
    ]
    static let ranges: [Fact] = [
        ("timestamp('0000-01-01T00:00:00Z')", "refused"), ("timestamp('10000-01-01T00:00:00Z')", "refused"),
        ("timestamp('0001-01-01T00:00:00Z') + duration('-1s')", "error: overflow"),
        ("timestamp('9999-12-31T23:59:59Z') + duration('1s')", "error: overflow"),
        ("timestamp('9999-12-31T23:59:59Z') - timestamp('0001-01-01T00:00:00Z')", "error: overflow"),
        ("timestamp('0001-01-01T00:00:00Z') - timestamp('9999-12-31T23:59:59Z')", "error: overflow"),
        ("duration('-320000000000s')", "refused"), ("duration('320000000000s')", "refused"),
        ("duration('9000000000s') + duration('9000000000s')", "error: overflow"),
        ("duration('-9000000000s') - duration('9000000000s')", "error: overflow"),
    ]

    static let operators: [Fact] = [literals, precedence, comparisons, arithmetic, logic].flatMap { $0 }
    static let functions: [Fact] = [lists, macros, strings, accessors, times, ranges].flatMap { $0 }

    @Test(arguments: operators)
    func conformance_operators(_ fact: Fact) { expect(fact) }

    @Test(arguments: functions)
    func conformance_functions(_ fact: Fact) { expect(fact) }

    /// What CEL finds out when it runs an expression, the checker may say before.
    private func expect(_ fact: Fact) {
        let value = (try? Samples.value(fact.expression)) ?? "refused"
        #expect(value == fact.value, "\(fact.expression)")
    }
}
