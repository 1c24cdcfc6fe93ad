import ArgumentParser
import Foundation
import Pipelines

/// Reads pipeline files for the commands.
enum PipelineFile {
    /// Loads a file, with thresholds set on the command line; all that is wrong with it is said at once.
    static func load(path: String, settings: [String], isQuiet: Bool) throws -> Pipeline {
        let overrides = try settings.map { setting in
            guard let override = ThresholdOverride(argument: setting) else {
                throw Failure.unusable(
                    "--set \(setting): expected stage.name=value, such as malicious-clicks.min_clicks=12")
            }
            return override
        }
        switch try load(path: path, overrides: overrides) {
        case .success(let pipeline):
            if !isQuiet { for warning in pipeline.warnings { Console.error(warning.rendered) } }
            return pipeline
        case .failure(let diagnostics):
            throw Failure.unusable(diagnostics.description)
        }
    }

    /// Loads a file, and gives back what is wrong with it.
    static func load(path: String, overrides: [ThresholdOverride] = []) throws -> Result<Pipeline, Diagnostics> {
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            return PipelineLoader.load(
                bytes: Array(data), file: path, overrides: overrides, data: dataFiles(beside: path))
        } catch {
            throw Failure.unusable("\(path): the pipeline file cannot be read: \(error.localizedDescription)")
        }
    }

    /// Where a pipeline was read: its file, and the data files that it names.
    static func paths(of pipeline: Pipeline, at path: String) -> [String] {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        return [path] + pipeline.files.map { folder.appending(path: $0.path).path }
    }

    /// The data files in the folder of a pipeline file.
    private static func dataFiles(beside path: String) -> DataFiles {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        return DataFiles { path, bytesMax in
            do {
                let file = folder.appending(path: path)
                // A pipe or a device might never end, or wait for ever.
                guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else {
                    return .failure(DataFiles.Failure("it is no regular file"))
                }
                let handle = try FileHandle(forReadingFrom: file)
                defer { try? handle.close() }
                return .success(Array(try handle.read(upToCount: bytesMax + 1) ?? Data()))
            } catch {
                return .failure(DataFiles.Failure(error.localizedDescription))
            }
        }
    }
}

extension CompletionKind {
    /// What shells offer where a pipeline file belongs.
    static var pipelineFile: CompletionKind { .file(extensions: ["yaml", "yml"]) }
}
