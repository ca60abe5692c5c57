/// Known answers of BLAKE3 for inputs whose byte i is i mod 251, from the reference implementation.
/// The key is the ASCII text `whats the Elvish word for friend`.
struct KnownAnswer {
  let length: Int
  let plain: String
  let keyed: String
}

let knownAnswers: [KnownAnswer] = [
  KnownAnswer(
    length: 0,
    plain: "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
    keyed: "92b2b75604ed3c761f9d6f62392c8a9227ad0ea3f09573e783f1498a4ed60d26"),
  KnownAnswer(
    length: 1,
    plain: "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213",
    keyed: "6d7878dfff2f485635d39013278ae14f1454b8c0a3a2d34bc1ab38228a80c95b"),
  KnownAnswer(
    length: 2,
    plain: "7b7015bb92cf0b318037702a6cdd81dee41224f734684c2c122cd6359cb1ee63",
    keyed: "5392ddae0e0a69d5f40160462cbd9bd889375082ff224ac9c758802b7a6fd20a"),
  KnownAnswer(
    length: 3,
    plain: "e1be4d7a8ab5560aa4199eea339849ba8e293d55ca0a81006726d184519e647f",
    keyed: "39e67b76b5a007d4921969779fe666da67b5213b096084ab674742f0d5ec62b9"),
  KnownAnswer(
    length: 4,
    plain: "f30f5ab28fe047904037f77b6da4fea1e27241c5d132638d8bedce9d40494f32",
    keyed: "7671dde590c95d5ac9616651ff5aa0a27bee5913a348e053b8aa9108917fe070"),
  KnownAnswer(
    length: 5,
    plain: "b40b44dfd97e7a84a996a91af8b85188c66c126940ba7aad2e7ae6b385402aa2",
    keyed: "73ac69eecf286894d8102018a6fc729f4b1f4247d3703f69bdc6a5fe3e0c8461"),
  KnownAnswer(
    length: 6,
    plain: "06c4e8ffb6872fad96f9aaca5eee1553eb62aed0ad7198cef42e87f6a616c844",
    keyed: "82d3199d0013035682cc7f2a399d4c212544376a839aa863a0f4c91220ca7a6d"),
  KnownAnswer(
    length: 7,
    plain: "3f8770f387faad08faa9d8414e9f449ac68e6ff0417f673f602a646a891419fe",
    keyed: "af0a7ec382aedc0cfd626e49e7628bc7a353a4cb108855541a5651bf64fbb28a"),
  KnownAnswer(
    length: 8,
    plain: "2351207d04fc16ade43ccab08600939c7c1fa70a5c0aaca76063d04c3228eaeb",
    keyed: "be2f5495c61cba1bb348a34948c004045e3bd4dae8f0fe82bf44d0da245a0600"),
  KnownAnswer(
    length: 31,
    plain: "bda80c7fe2db38be6387b35c870bd7728d67b7b6cc5eb9b0e5c7dcb21ea754c2",
    keyed: "f2a25a28508f949efb1f003f44835be683c0a7b203bde0918224fa4ab5e3a37b"),
  KnownAnswer(
    length: 32,
    plain: "e528e95798037df410543d9f31e396ecdd458d71b157d6014398bae32fb56c65",
    keyed: "5c839dfe62acb270bf88d25872f144a81d2291b5fa5780b01ac7495e91511bd5"),
  KnownAnswer(
    length: 33,
    plain: "4f4e6c1dffd3a6c9959876d15aa96b5fb0da8632b995f6ca2e30503f2829fa29",
    keyed: "252573d0542352f56b8d764f7541700c11dd0b735f93f93bec1cf6d8ec12439e"),
  KnownAnswer(
    length: 63,
    plain: "e9bc37a594daad83be9470df7f7b3798297c3d834ce80ba85d6e207627b7db7b",
    keyed: "bb1eb5d4afa793c1ebdd9fb08def6c36d10096986ae0cfe148cd101170ce37ae"),
  KnownAnswer(
    length: 64,
    plain: "4eed7141ea4a5cd4b788606bd23f46e212af9cacebacdc7d1f4c6dc7f2511b98",
    keyed: "ba8ced36f327700d213f120b1a207a3b8c04330528586f414d09f2f7d9ccb7e6"),
  KnownAnswer(
    length: 65,
    plain: "de1e5fa0be70df6d2be8fffd0e99ceaa8eb6e8c93a63f2d8d1c30ecb6b263dee",
    keyed: "c0a4edefa2d2accb9277c371ac12fcdbb52988a86edc54f0716e1591b4326e72"),
  KnownAnswer(
    length: 127,
    plain: "d81293fda863f008c09e92fc382a81f5a0b4a1251cba1634016a0f86a6bd640d",
    keyed: "c64200ae7dfaf35577ac5a9521c47863fb71514a3bcad18819218b818de85818"),
  KnownAnswer(
    length: 128,
    plain: "f17e570564b26578c33bb7f44643f539624b05df1a76c81f30acd548c44b45ef",
    keyed: "b04fe15577457267ff3b6f3c947d93be581e7e3a4b018679125eaf86f6a628ec"),
  KnownAnswer(
    length: 129,
    plain: "683aaae9f3c5ba37eaaf072aed0f9e30bac0865137bae68b1fde4ca2aebdcb12",
    keyed: "d4a64dae6cdccbac1e5287f54f17c5f985105457c1a2ec1878ebd4b57e20d38f"),
  KnownAnswer(
    length: 255,
    plain: "cb97b80a66306dd2d4f1ab7ff9fd17d3d62d88c974e8daf0ea9fbd0b1ae1b1c1",
    keyed: "3477b5fd02f53277f139377901244cdf09a98b8b9fdf4bbaa5b9141b03a48711"),
  KnownAnswer(
    length: 256,
    plain: "f462b63aae56ed9fb899ad8eb93aa35d3dd62773fda9c33bfe20f9dab5d3df5f",
    keyed: "f3913cba0c79245866bef942190b6013b8534705ed634cc0ff0123da44b63ab9"),
  KnownAnswer(
    length: 257,
    plain: "3d41df314e2c7af6919d994b391780a7d8abb9a57b1abf64e04ec5d49428788e",
    keyed: "96b030a7483050e01d3d4070cfdae04f2654f5925fb2d0cd8562ced213ea31c0"),
  KnownAnswer(
    length: 511,
    plain: "7469b385b5290a1011288fc80a7fdb8677497dbc1d3b6daf93667725f68708f5",
    keyed: "331dcfdbf07a3234f3170b717329bee7aec9928b86a44ee1f64efced813e2feb"),
  KnownAnswer(
    length: 512,
    plain: "87aa0321ee04decf72d6fe8d5799d6216db538c0da4a367d6d456643e9ea7994",
    keyed: "2adce48ee615a27cfb8531c48daa17ff12070a7bcd9bd9ac06b2567e55047be9"),
  KnownAnswer(
    length: 513,
    plain: "8e89cd63966193dfaecf124fe5893bf609aba748067b321afadc974d58374498",
    keyed: "b1d640e31fabb1bd68e3e22ce3a8ff52db4d4af2390a16fa43eee4d28a71f7fe"),
  KnownAnswer(
    length: 1023,
    plain: "10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11",
    keyed: "c951ecdf03288d0fcc96ee3413563d8a6d3589547f2c2fb36d9786470f1b9d6e"),
  KnownAnswer(
    length: 1024,
    plain: "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7",
    keyed: "75c46f6f3d9eb4f55ecaaee480db732e6c2105546f1e675003687c31719c7ba4"),
  KnownAnswer(
    length: 1025,
    plain: "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444",
    keyed: "357dc55de0c7e382c900fd6e320acc04146be01db6a8ce7210b7189bd664ea69"),
  KnownAnswer(
    length: 1535,
    plain: "929a95569f66dc13f86b06255f20d667cea2c2272cf91930a8f7c638f696af70",
    keyed: "39b895307832d9476eefede5a7b87bb8fd49bfccb5e2adccfdbea3bf12da7a4b"),
  KnownAnswer(
    length: 1536,
    plain: "da40c82cbf2c3923e17cbd8d423e19ac81ffaa1a40cac486604ca6168236de1a",
    keyed: "14e2a7ca9809d490c73c6cd0d9d7620bd72ef26a661305b5b7ef32e5313d568d"),
  KnownAnswer(
    length: 1537,
    plain: "bc5e0b2f796971412c5a9d8e2a5bfd46bc2eb009cf19335c00b5cae44f252e86",
    keyed: "40e6fc785457fa8278d10aa5c0475d0d1b98d9cc7f471c38876928d736d8ff17"),
  KnownAnswer(
    length: 2047,
    plain: "58830fbf51a4423c573b164471690570e544cfe793bead46225664796b4b1467",
    keyed: "0e872f791bb2e9befc57d0abffd6345e8f51f512e91dbebc6eea3288a4c04f05"),
  KnownAnswer(
    length: 2048,
    plain: "e776b6028c7cd22a4d0ba182a8bf62205d2ef576467e838ed6f2529b85fba24a",
    keyed: "879cf1fa2ea0e79126cb1063617a05b6ad9d0b696d0d757cf053439f60a99dd1"),
  KnownAnswer(
    length: 2049,
    plain: "5f4d72f40d7a5f82b15ca2b2e44b1de3c2ef86c426c95c1af0b6879522563030",
    keyed: "9f29700902f7c86e514ddc4df1e3049f258b2472b6dd5267f61bf13983b78dd5"),
  KnownAnswer(
    length: 3071,
    plain: "38955dc63aa8e2f7af9e3abf3be7435d91814bb0a511df7f0dd465dfcc6d7275",
    keyed: "5f55a2508504075f41276a4c88b104bc893d3d744b70f18450cf817a1812add9"),
  KnownAnswer(
    length: 3072,
    plain: "b98cb0ff3623be03326b373de6b9095218513e64f1ee2edd2525c7ad1e5cffd2",
    keyed: "044a0e7b172a312dc02a4c9a818c036ffa2776368d7f528268d2e6b5df191770"),
  KnownAnswer(
    length: 3073,
    plain: "7124b49501012f81cc7f11ca069ec9226cecb8a2c850cfe644e327d22d3e1cd3",
    keyed: "68dede9bef00ba89e43f31a6825f4cf433389fedae75c04ee9f0cf16a427c95a"),
  KnownAnswer(
    length: 4095,
    plain: "0cdbdde4d038f0509412a5d1c3b1fb767d5e8c8a0eb2aae963fd36d1f544791a",
    keyed: "3d8099f6482bf5616d38131763a0e452384881d2e4f81c89a0837cf4753c4ef4"),
  KnownAnswer(
    length: 4096,
    plain: "015094013f57a5277b59d8475c0501042c0b642e531b0a1c8f58d2163229e969",
    keyed: "befc660aea2f1718884cd8deb9902811d332f4fc4a38cf7c7300d597a081bfc0"),
  KnownAnswer(
    length: 4097,
    plain: "9b4052b38f1c5fc8b1f9ff7ac7b27cd242487b3d890d15c96a1c25b8aa0fb995",
    keyed: "00df940cd36bb9fa7cbbc3556744e0dbc8191401afe70520ba292ee3ca80abbc"),
  KnownAnswer(
    length: 5000,
    plain: "ee78d92070de3df1c57c37002abf0a6b1a6589acdeef4d8ffac7cf3d9e8f2836",
    keyed: "27dc394fb01f055606c3aedde3a8c3694c34a8c514cc61a27279f1417cc385e0"),
  KnownAnswer(
    length: 5119,
    plain: "183dd60ac9fb07a349801ddecd311d68938401c1ceea8c59fa321953dd1cb50d",
    keyed: "0cce58849ee8a0ad43b9696081eef174497530a675842cda85fcefa003262fb5"),
  KnownAnswer(
    length: 5120,
    plain: "9cadc15fed8b5d854562b26a9536d9707cadeda9b143978f319ab34230535833",
    keyed: "2c493e48e9b9bf31e0553a22b23503c0a3388f035cece68eb438d22fa1943e20"),
  KnownAnswer(
    length: 5121,
    plain: "628bd2cb2004694adaab7bbd778a25df25c47b9d4155a55f8fbd79f2fe154cff",
    keyed: "6ccf1c34753e7a044db80798ecd0782a8f76f33563accaddbfbb2e0ea4b2d024"),
  KnownAnswer(
    length: 6144,
    plain: "3e2e5b74e048f3add6d21faab3f83aa44d3b2278afb83b80b3c35164ebeca205",
    keyed: "3d6b6d21281d0ade5b2b016ae4034c5dec10ca7e475f90f76eac7138e9bc8f1d"),
  KnownAnswer(
    length: 6145,
    plain: "f1323a8631446cc50536a9f705ee5cb619424d46887f3c376c695b70e0f0507f",
    keyed: "9ac301e9e39e45e3250a7e3b3df701aa0fb6889fbd80eeecf28dbc6300fbc539"),
  KnownAnswer(
    length: 7168,
    plain: "61da957ec2499a95d6b8023e2b0e604ec7f6b50e80a9678b89d2628e99ada77a",
    keyed: "b42835e40e9d4a7f42ad8cc04f85a963a76e18198377ed84adddeaecacc6f3fc"),
  KnownAnswer(
    length: 7169,
    plain: "a003fc7a51754a9b3c7fae0367ab3d782dccf28855a03d435f8cfe74605e7817",
    keyed: "ed9b1a922c046fdb3d423ae34e143b05ca1bf28b710432857bf738bcedbfa511"),
  KnownAnswer(
    length: 8192,
    plain: "aae792484c8efe4f19e2ca7d371d8c467ffb10748d8a5a1ae579948f718a2a63",
    keyed: "dc9637c8845a770b4cbf76b8daec0eebf7dc2eac11498517f08d44c8fc00d58a"),
  KnownAnswer(
    length: 8193,
    plain: "bab6c09cb8ce8cf459261398d2e7aef35700bf488116ceb94a36d0f5f1b7bc3b",
    keyed: "954a2a75420c8d6547e3ba5b98d963e6fa6491addc8c023189cc519821b4a1f5"),
  KnownAnswer(
    length: 16384,
    plain: "f875d6646de28985646f34ee13be9a576fd515f76b5b0a26bb324735041ddde4",
    keyed: "9e9fc4eb7cf081ea7c47d1807790ed211bfec56aa25bb7037784c13c4b707b0d"),
  KnownAnswer(
    length: 31744,
    plain: "62b6960e1a44bcc1eb1a611a8d6235b6b4b78f32e7abc4fb4c6cdcce94895c47",
    keyed: "efa53b389ab67c593dba624d898d0f7353ab99e4ac9d42302ee64cbf9939a419"),
  KnownAnswer(
    length: 32769,
    plain: "da589428d9b32c97658a04a21c0c8a38aad2ac402120819d956fd6d62bbfa36e",
    keyed: "caba9d7a96f6fbc99e3ce6a55a17bb238442d0c420e4426e19e432074b47e4ae"),
]

/// The last 24 of the first 131 bytes of the extended output, by the length of the input.
let knownExtensions: [(length: Int, plain: String, keyed: String)] = [
  (
    0, "ca96f2defdf1078282314e763699a31c5363165421cce14d",
    "2653190de560ca3b2ac4aa692a9210694254c371e851bc8f"
  ),
  (
    1, "1e6c23e2cc97d3c69a613eba131e5f1351f3f1da786545e5",
    "4e6ab1138d31d3b62218078b2f3ba9a88e1d08d0dd4cea11"
  ),
  (
    64, "cdef7ae47559b10b294acd660666c4538833582b43f82d74",
    "4dac24256460d56573d1312319afcf3ed39d72d0bfc69acb"
  ),
  (
    65, "c6e90454b53b000f456a3f10079072baaf7a981653221f2c",
    "225e683910cb3ae923374449ca788fb0f9bea92731bc26ad"
  ),
  (
    1024, "7003b85102967486ed57db5c5ca170ba441427ed9afa684e",
    "93fd626730e2ba17ac4d8824d09d1a4a8f57b8227778e2de"
  ),
  (
    1025, "194cad0c4285f93700062d9595adb992ae68ff12800ab67a",
    "3edf0c52b94de23ba772cf82636cff4542540a7738d5b930"
  ),
  (
    2048, "7e1ba586dc9a5bc2d5e90c14f53a8863ac75655461cea8f9",
    "ee40811a5910dcbd1018af31c3b43aa55201ed4edaac74fe"
  ),
  (
    3073, "59a98bd1cd25876b2af5a76c3e9eed554ed72ea952b603bf",
    "b9466ec37093a42cf62b82903c696a93a50b702c80f3c3c5"
  ),
  (
    5000, "21b9e5bb1bcc73d7db7b77f6222f43b8aa375606badd1d2f",
    "96151cd9116d484ee849914e5bc7ffd75dc4ccf635182303"
  ),
]
