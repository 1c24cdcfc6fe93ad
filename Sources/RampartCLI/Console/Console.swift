import Glibc

/// Standard output and standard error, and what they are connected to.
enum Console {
    /// Whether standard error is a terminal, on which a line can be drawn anew.
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// The width of the terminal in characters; 80 where it is not known.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Writes a line to standard error.
    static func error(_ line: String) {
        guard !line.isEmpty else { return }
        write(line + "\n", to: STDERR_FILENO)
    }

    /// Writes text to standard error as it is.
    static func draw(_ text: String) { write(text, to: STDERR_FILENO) }

    /// Writes a line to standard output.
    static func output(_ line: String) { write(line + "\n", to: STDOUT_FILENO) }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}

extension String {
    /// The text on one line, without characters that would move a terminal's cursor.
    var printable: String {
        var printable = UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .format: printable.append(" ")
            default: printable.append(scalar)
            }
        }
        return String(printable)
    }
}
