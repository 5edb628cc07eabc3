// A partner of tests: a certificate, and the private key that belongs to it. Both are well known and secure nothing.

/** An identity provider that exists in tests only: what it signs with `privateKey` verifies with `certificate`. */
export const PARTNER: {
  /** Its certificate (RSA, 2048 bits; valid until 2100): DER in base64. */
  readonly certificate: string;
  /** Its private key: PKCS #8 (DER) in base64. It is published: for tests only. */
  readonly privateKey: string;
} = {
  certificate:
    'MIIC4jCCAcqgAwIBAgIURBgBqjJTDw8+Fmcw+yawBkOyaQgwDQYJKoZIhvcNAQELBQAwKjERMA8GA1UECgwIaWRwc3RvcmUxFTATBgNVBAMMDFRlc3Qg' +
    'cGFydG5lcjAgFw0yMDAxMDEwMDAwMDBaGA8yMTAwMDEwMTAwMDAwMFowKjERMA8GA1UECgwIaWRwc3RvcmUxFTATBgNVBAMMDFRlc3QgcGFydG5lcjCC' +
    'ASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAIelXf/aS3AiGll5H7mkqw8/Yxektfes1ZUhs5EUsECplcdEH6sN1/gq7KWeISWebWmwkApslb+5' +
    '7IbK/mcviUQSkV9tBADndXJZI3dhASvEu1yVrpLsZzD6JsBPLPF9fh+OwSgpr164Y3eZb4ClLyaJwv/6w9ye630PTBY1lVmXaDdZyJgCgovyz8tYNNgD' +
    'CUnGhQ5xh2mOQ1QzURm9u7gPCdR1CcRLytexAZWr3gaYD0Mo3RtdeCF52x0Jc7FpXVsln0rlUK0cck0HK0Nys1RYN42XA0LDB8SxQxvhM1u/jRtYclZT' +
    '5E6jbi8MxGEcaOV6PQXDnXrwq7AGDLPIbAkCAwEAATANBgkqhkiG9w0BAQsFAAOCAQEAcy7nukOq4ccsNCMosTymYibkOmZ/ULz+U7gaiU2mF4ji/h9V' +
    'VGu+8/w5PT1wJAO/VDM/qoO+xZ5VyHDMfeyLhzs4zlL5/UtyjHr2JS3sxTeSuMReoORPypTvJBwbghzp2Gk6Z9i5RCD+7eYLXSrA9PDgX0mgyf3/HndC' +
    'sK4Rgk/Rx+D5qajvDskfkfYMGHWkfFUv+IjckKIvkC8vvPpErZXf2k2N6ngauFZXd5VQUcek4AVlxdc/6QCg7MCRWF68h4WaJJUQRLMYe4s5qo5qD/IV' +
    'BqOfCxUkcKEBoN/ttqz6LJbcHu5JC7he/lgtKw/PEprKj/8Qu1KCX3+y7rTJbQ==',
  privateKey:
    'MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCHpV3/2ktwIhpZeR+5pKsPP2MXpLX3rNWVIbORFLBAqZXHRB+rDdf4KuylniElnm1p' +
    'sJAKbJW/ueyGyv5nL4lEEpFfbQQA53VyWSN3YQErxLtcla6S7Gcw+ibATyzxfX4fjsEoKa9euGN3mW+ApS8micL/+sPcnut9D0wWNZVZl2g3WciYAoKL' +
    '8s/LWDTYAwlJxoUOcYdpjkNUM1EZvbu4DwnUdQnES8rXsQGVq94GmA9DKN0bXXghedsdCXOxaV1bJZ9K5VCtHHJNBytDcrNUWDeNlwNCwwfEsUMb4TNb' +
    'v40bWHJWU+ROo24vDMRhHGjlej0Fw5168KuwBgyzyGwJAgMBAAECggEAA7TNALSiOF92K4OtDjwllbZnAA+2uRxhKZX7e2H+qYWjW10iewtXH1IXl97e' +
    'NlJB2GVun2+gF9ZTVCDab/n93NJKY+UX+ukCwyu/AFVc3ClKmpkBusSi0n/DQfXn2yFRVONoUQSdOg/9B8OK0bpcXh0y1XOwmP1D9JglErucEmU6eu10' +
    'Gn/WYjPYUUOAjpoDE10bfLVNrj4XTGXZkJCZ5t2ag9/TLrB3LS7ozNJYb7H5QC/ABVeORxhu1x0pScHsnnFIZGIvFTKQtTuO3514ZCzZZQmmE4AtULRM' +
    'ZHSwi/YhOklnAmLs8Czp18L3+o0WMZsVNe1m8qHRChSfJLmhUQKBgQC+PpYTGmKQaZBVmoRlrqIoyAP16gxNImsdWc6+TfAsMBgLdWm9bEZMVb/9bdtJ' +
    'le/S6+Dzc/sxBm5b32pUjTiGEBhiRuDuoGanUJeECnqyq1vWZZqUilYfNSA2o02D5JWrihASZyEPvH3gbsKXFsFn1v0kPCeDiXuW5KQSToX54wKBgQC2' +
    'h7zLaySuLFwEa8EPGWFmUI3sGEYBieLhYYstzfirPzgtn7XYeElHLupAbeTLzwy/LWR5y6luwaOGKvDW3HC9URH60tnCyArq2SI/Q2dSlMsqj3AS3mri' +
    't12dnTYjpj6t2bkJCvFatDF2+Ji/qI8ggT+yR/9JyI5KLqXaj3dWIwKBgGWoc/FJTBn3DtVveAgNxUEdgGBL7L7bAXnxn3Q5mXlDSdX1q8c4sGfh+nGl' +
    '3mP35utCeDYfZ77OvPIC9IKx495fg2ggj9lzhOcrPYulPeNzheOO74coVNTgQpJvuOAdqYy8fdIXoacTBgCDrx+lXTvrueE+865qLMx46OOPajAZAoGB' +
    'AJij2FCv78OrmuOjjJXo3pemI5jdD6X3vgBGBxKt3RavznXwyiwVIwphBEoO3DdHlVxGRHDJzI2vZuUrAa5cN/dJVWTQcIQ/r0mHfOk0n7HidifIPau5' +
    'zd58AtBsiLq1KlNN8DvMp9r3NypLZ8lW1yISk8auCKGWEs+cRNwJ/3zLAoGBAKRnaJnIsMr5nTJUIh6j3D1Aqr8mzCu9W4UbhADLVc/SHFUpNzpxl7NM' +
    'PFSZwn8nbOf4r/s+xMz0/MVHHuVsi85tLXzqIMOmz0rz0kdy5Vf5SBIc0PJrs7nMFT9N4Nc0cj8h5ip2d+FI1qyQaJxijzBp3dj5ehdsLT2Ekh3Mb+rE',
};
