import Foundation
import Pipelines
import Testing

/// What `deploy/install-extras.sh` installs does its work: completion in bash, and the manual page.
@Suite struct ExtrasTests {
    private static let bash = URL(filePath: "/bin/bash")

    private func install() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let script = Command.root.appending(path: "deploy/install-extras.sh")
        let result = try Command.run(script, [folder.path("prefix"), Command.executable.path])
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.output.split(separator: "\n").count == 5)
        return folder
    }

    /// The words that bash offers where the cursor stands behind `line`.
    private func completions(of line: String, script: String) throws -> [Substring] {
        let body = """
            source "$1"
            COMP_LINE=$2 COMP_POINT=${#2} COMP_TYPE=9
            read -ra COMP_WORDS <<<"$2"
            [[ $2 != *' ' ]] || COMP_WORDS+=("")
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            complete -p rampart >/dev/null
            _rampart rampart "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let result = try Command.run(Self.bash, ["-c", body, "bash", script, line])
        #expect(result.code == 0 && result.errors == "", "\(result.errors)")
        return result.output.split(separator: "\n")
    }

    @Test func bashCompletes() throws {
        let folder = try install()
        let script = folder.path("prefix/share/bash-completion/completions/rampart")
        #expect(try completions(of: "rampart rep", script: script) == ["replay"])
        #expect(try completions(of: "rampart ch", script: script) == ["check"])
        #expect(try completions(of: "rampart list rea", script: script) == ["reasons"])
        #expect(try completions(of: "rampart replay --no-f", script: script) == ["--no-flush"])
    }

    @Test func theSchemaGoesWithThem() throws {
        let folder = try install()
        #expect(try folder.text("prefix/share/rampart/pipeline.schema.json") == PipelineSchema.text)
    }

    @Test func theManualPageIsWhole() throws {
        let folder = try install()
        let page = folder.path("prefix/share/man/man1/rampart.1")
        let groff = URL(filePath: "/usr/bin/env")
        let result = try Command.run(groff, ["groff", "-man", "-Tutf8", "-P-c", "-ww", page])
        #expect(result.code == 0 && result.errors == "", "\(result.errors)")
        let text = result.output.replacing(/.\u{8}/, with: "")
        for command in ["replay", "dead-letters redrive", "credits approve", "schema"] {
            #expect(text.contains("rampart \(command)"), "\(command)")
        }
        #expect(text.contains("--no-flush") && text.contains("Exit"))
    }

    @Test func aMissingCommandIsNamed() throws {
        let folder = try TemporaryFolder()
        let script = Command.root.appending(path: "deploy/install-extras.sh")
        let result = try Command.run(script, [folder.path("prefix"), folder.path("none")])
        #expect(result.code == 2 && result.errors.contains("there is no \(folder.path("none"))"))
    }
}
