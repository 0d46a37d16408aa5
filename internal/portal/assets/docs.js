// Starts the reference. Whatever would reach beyond this server is turned off
// here, and refused by the content security policy should one be forgotten.
(() => {
  'use strict'

  // The language of the frame around the contract: asked for, or Indonesian, as in
  // the answers of the API.
  const lang = new URLSearchParams(location.search).get('lang') === 'en' ? 'en' : 'id'
  document.documentElement.lang = lang
  for (const link of document.querySelectorAll('.naungan a[hreflang]')) {
    if (link.hreflang === lang) link.setAttribute('aria-current', 'true')
  }

  // The renderer has no Indonesian; these are the words a reader of the reference meets.
  const indonesian = {
    common: { description: 'Uraian', httpMethod: 'Metode HTTP', path: 'Alamat', copyDefault: 'Salin nilai bawaan', copyExample: 'Salin contoh' },
    search: {
      label: 'Cari', inputLabel: 'Ketik yang dicari', open: 'Buka pencarian', placeholder: 'Cari…', clear: 'Kosongkan',
      noResults: 'Tidak ditemukan', results: 'Hasil pencarian', navigate: 'Pindah', select: 'Pilih',
      instructions: 'Tekan panah atas atau bawah untuk berpindah, enter untuk memilih, ketik untuk menyaring',
      entryHeading: 'Judul', entryOperation: 'Operasi', entryTag: 'Kelompok', entryTagGroup: 'Kelompok besar',
    },
    navigation: {
      introduction: 'Pengantar', closeGroup: 'Tutup kelompok', closeMenu: 'Tutup menu', openGroup: 'Buka kelompok', openMenu: 'Buka menu',
      operations: 'Operasi', endpoints: 'Operasi {name}', showAllEndpoints: 'Tampilkan semua operasi {name}',
      sidebarFor: 'Daftar isi {name}', mainContent: 'Dokumentasi API {name}', collapsed: 'Terlipat',
    },
    server: { label: 'Peladen', select: 'Pilih peladen' },
    clientLibraries: { heading: 'Bahasa pemrograman', more: 'Lainnya', selectAll: 'Pilih dari semua' },
    operation: {
      codeSampleUnavailable: 'Tidak ada contoh kode untuk ini.', body: 'Isi', cookies: 'Kuki', headers: 'Header',
      pathParameters: 'Parameter alamat', queryParameters: 'Parameter kueri', requestBody: 'Isi permintaan', responses: 'Jawaban',
      testRequest: 'Coba', selectedContentType: 'Jenis isi yang dipilih',
    },
    response: { exampleResponses: 'Contoh jawaban', noBody: 'Tanpa isi', showSchema: 'Tampilkan skema', status: 'Status' },
    schema: {
      noAllowedValues: 'Tidak ada nilai yang diperbolehkan.', example: 'Contoh', examples: 'Contoh', default: 'Bawaan', schema: 'Skema',
      emptyObject: 'Objek kosong', showAdditionalProperties: 'Tampilkan properti tambahan', forName: 'untuk {name}',
      showSchemaDetails: 'Tampilkan rincian skema', oneOf: 'Salah satu dari', anyOf: 'Satu atau lebih dari', allOf: 'Semua dari', not: 'Bukan',
      unknownType: 'jenis tak dikenal', propertyCount: 'Properti: {count}', headerCount: 'Header: {count}',
      additionalProperties: 'properti tambahan', const: 'tetap', deprecated: 'usang', enum: 'pilihan', format: 'Format',
      greaterThan: 'lebih dari', lessThan: 'kurang dari', max: 'paling banyak', min: 'paling sedikit',
      maxLength: 'paling panjang', minLength: 'paling pendek', multipleOf: 'kelipatan', nullable: 'boleh null',
      pattern: 'Pola', copyPattern: 'Salin pola', readOnly: 'hanya dibaca', required: 'wajib',
      hideValues: 'Sembunyikan nilai', showAllValues: 'Tampilkan semua nilai', type: 'Jenis', unique: 'unik', values: 'nilai', writeOnly: 'hanya ditulis',
    },
    download: { openapi: 'Unduh kontrak OpenAPI' },
    models: { label: 'Skema' },
    actions: {
      copyAsMarkdown: 'Salin sebagai Markdown', copied: 'Tersalin', copyMarkdownFailed: 'Gagal menyalin Markdown', copyLink: 'Salin tautan',
      copyLinkTo: 'Salin tautan ke {name}', copyToClipboard: 'Salin tautan', copyEndpointUrl: 'Salin alamat', showMore: 'Tampilkan lagi',
    },
    authentication: { detailsRequired: 'Memerlukan otentikasi', detailsOptional: 'Otentikasi tidak wajib' },
  }

  Scalar.createApiReference('#reference', {
    url: new URL('openapi.json', document.baseURI).href,
    localization: lang === 'id' ? { locale: 'id', translations: indonesian } : { locale: 'en' },
    theme: 'default',
    withDefaultFonts: false,
    telemetry: false,
    showDeveloperTools: 'never',
    hideClientButton: true,
    agent: { disabled: true },
    mcp: { disabled: true },
    // No proxy and no registry: requests are tried against this server, straight from the browser.
    proxyUrl: '',
    externalUrls: { dashboardUrl: '', registryUrl: '', proxyUrl: '', apiBaseUrl: '' },
    // A secret typed here is forgotten with the page.
    persistAuth: false,
    documentDownloadType: 'none',
    defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
    // Fields stand in the order of the contract, as its authors meant them to be read.
    orderSchemaPropertiesBy: 'preserve',
    orderRequiredPropertiesFirst: false,
    operationTitleSource: 'summary',
  })
})()
