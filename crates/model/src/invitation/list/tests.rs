//! Lists of people to invite, read from the files of spreadsheets, and what is wrong in their rows.

use super::*;

fn of(text: &str) -> Vec<ListRow> {
    read(text.as_bytes(), Lang::En).unwrap()
}

fn problems(text: &str) -> Vec<(usize, Option<RowProblem>)> {
    let rows = of(text).into_iter();
    rows.map(|row| (row.number, row.problem)).collect()
}

#[test]
fn columns_are_found_by_their_names_in_both_languages() {
    let english = of("Language,E-mail,Name,Message\nfr,Zoe@Mill.example,Zoé,\"Hello, Zoé\"\n");
    let french = of("Langue\tCourriel\tNom\tMot\nfrançais\tzoe@mill.example\tZoé\tHello, Zoé\n");
    assert_eq!(english, french);
    let row = &english[0];
    assert_eq!((row.number, row.problem), (2, None));
    assert_eq!(
        (
            row.name.as_str(),
            row.address.as_str(),
            row.lang,
            row.words.as_str()
        ),
        ("Zoé", "zoe@mill.example", Lang::Fr, "Hello, Zoé")
    );
}

#[test]
fn a_list_without_names_of_columns_is_read_by_its_addresses() {
    let rows = of("Ann;ann@mill.example;fr\nBea;bea@mill.example;\n");
    let read: Vec<_> = rows
        .iter()
        .map(|row| (row.name.as_str(), row.lang))
        .collect();
    assert_eq!(read, [("Ann", Lang::Fr), ("Bea", Lang::En)]);
    let bare = of("ann@mill.example\nbea@mill.example\n");
    assert_eq!(bare.len(), 2);
    assert!(
        bare.iter()
            .all(|row| row.problem.is_none() && row.name.is_empty())
    );
}

#[test]
fn each_encoding_of_a_spreadsheet_is_read() {
    let text = "name;address\nZoé Œuvrard;zoe@mill.example\n";
    let utf16: Vec<u16> = text.encode_utf16().collect();
    let little: Vec<u8> = utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    let windows: Vec<u8> = text
        .chars()
        .map(|c| match c {
            'é' => 0xE9,
            'Œ' => 0x8C,
            c => u8::try_from(u32::from(c)).unwrap(),
        })
        .collect();
    let all = [
        text.as_bytes().to_vec(),
        [&[0xEF, 0xBB, 0xBF], text.as_bytes()].concat(),
        [&[0xFF, 0xFE], little.as_slice()].concat(),
        [&[0xFE, 0xFF], big.as_slice()].concat(),
        little,
        big,
        windows,
    ];
    for bytes in all {
        let rows = read(&bytes, Lang::Fr).unwrap();
        assert_eq!(rows.len(), 1, "{bytes:?}");
        assert_eq!(rows[0].name, "Zoé Œuvrard", "{bytes:?}");
        assert_eq!(rows[0].problem, None);
    }
}

#[test]
fn each_fault_is_of_its_row() {
    let long = "x".repeat(NAME_MAX + 1);
    let text = format!(
        "name,address,language,message\n\
         Ann,ann@mill.example,en,\n\
         Bea,bea at mill,en,\n\
         Cleo,,en,\n\
         {long},cleo@mill.example,en,\n\
         =HYPERLINK(1),dora@mill.example,en,\n\
         Eve,eve@mill.example,de,\n\
         Ann,ANN@mill.example,fr,\n\
         Nul\0,nul@mill.example,en,\n\
         Quo,quo@mill.example,en,\"open\n\
         Zoé,zoe@mill.example,fr,Bonjour\n"
    );
    use RowProblem::{Address, Formula, Language, Name, NoAddress, Quotes, Twice};
    let expected = [
        (2, None),
        (3, Some(Address)),
        (4, Some(NoAddress)),
        (5, Some(Name)),
        (6, Some(Formula)),
        (7, Some(Language)),
        (8, Some(Twice)),
        (9, Some(Name)),
        (10, Some(Quotes)),
        (11, None),
    ];
    assert_eq!(problems(&text), expected);
}

#[test]
fn what_is_no_list_is_refused_whole() {
    assert_eq!(read(b"", Lang::En), Err(Why::Required));
    assert_eq!(read(b"name,address\n", Lang::En), Err(Why::Required));
    assert_eq!(read(b"ann\nbea\n", Lang::En), Err(Why::Malformed));
    assert_eq!(
        read(&vec![b'a'; BYTES_MAX + 1], Lang::En),
        Err(Why::TooLong)
    );
    let many: String = (0..=ROWS_MAX)
        .map(|n| format!("p{n}@mill.example\n"))
        .collect();
    assert_eq!(read(many.as_bytes(), Lang::En), Err(Why::TooLong));
    let all: String = (0..ROWS_MAX)
        .map(|n| format!("p{n}@mill.example\n"))
        .collect();
    assert_eq!(read(all.as_bytes(), Lang::En).unwrap().len(), ROWS_MAX);
}

#[test]
fn one_long_line_is_one_fault() {
    let text = format!("name,address\n{},ann@mill.example\n", "x".repeat(1 << 20));
    let rows = of(&text);
    assert_eq!(rows[0].problem, Some(RowProblem::Name));
    assert!(rows[0].name.chars().count() <= KEPT_MAX);
    let open = format!("name,address\n\"{},ann@mill.example\n", "x".repeat(1 << 20));
    assert_eq!(of(&open)[0].problem, Some(RowProblem::Quotes));
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        if let Ok(rows) = read(&bytes, Lang::En) {
            for row in rows {
                proptest::prop_assert!(row.problem.is_some() || row.address.contains('@'));
            }
        }
    }
}
