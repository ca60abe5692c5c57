/// What both programs say of themselves.
public enum Build {
  public static let version = "0.1.0"
}
