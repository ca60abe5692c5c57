let standardCircuits: [(name: String, text: String)] = []
